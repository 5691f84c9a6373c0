// What the stand-in for `systemctl` does: the verbs of the page, on the units of a host. Another verb, or another unit,
// is an error, as a wrong command of the page must be.

import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterNode } from '@quorate/testkit'

export interface Unit {
  readonly status: string
  start(): Promise<void>
  stop(): Promise<void>
}

/** Debian's corosync.service. */
export class CorosyncUnit implements Unit {
  readonly #node: ClusterNode

  constructor(node: ClusterNode) {
    this.#node = node
  }

  get status(): string {
    return `Active: ${this.#node.daemon.running ? 'active' : 'inactive'}\n`
  }

  async start(): Promise<void> {
    if (!this.#node.daemon.running) await this.#node.daemon.start()
  }

  /** Its ExecStop= says how. */
  async stop(): Promise<void> {
    if (!this.#node.daemon.running) return
    const { code, stderr } = await this.#node.exec('corosync-cfgtool', ['-H', '--force'])
    if (code !== 0) throw new Error(`corosync-cfgtool -H ended with ${code}: ${stderr}`)
    while (this.#node.daemon.running) await sleep(20)
  }
}

type Verb = (unit: Unit, now: boolean) => Promise<unknown>

const verbs: Readonly<Record<string, Verb>> = {
  enable: async (unit, now) => {
    if (now) await unit.start()
  },
  start: (unit) => unit.start(),
  stop: (unit) => unit.stop(),
  restart: async (unit) => {
    await unit.stop()
    await unit.start()
  },
  status: async ({ status }) => status,
}

/**
 * What it prints.
 *
 * @throws {Error} the command is none of the page's, or failed
 */
export async function systemctl(units: ReadonlyMap<string, Unit>, line: string): Promise<string> {
  const [verb = '', ...rest] = line.split(' ')
  // Units are read at each start.
  if (line === 'daemon-reload') return ''
  const names = rest.filter((word) => word !== '--now')
  const unit = units.get(names[0] ?? '')
  const act = verbs[verb]
  if (act === undefined || unit === undefined || names.length !== 1)
    throw new Error(`The stand-in for systemctl does not know: ${line}`)
  return String((await act(unit, rest.length > names.length)) ?? '')
}
