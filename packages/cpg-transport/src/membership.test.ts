// A membership on handles that do as they are told: what cannot be brought about with a daemon at will.

import { setImmediate as turn } from 'node:timers/promises'
import type { TransportEvent } from '@quorate/core'
import { suite } from 'uvu'
import { equal, match } from 'uvu/assert'
import { Cpg } from './cpg.ts'
import type { CpgHandlers } from './cpg-types.ts'
import { Membership } from './membership.ts'
import { Quorum } from './quorum.ts'

const test = suite('membership')

const self = { nodeid: 1, pid: 7 }
const options = { messageBytesMax: 1000, queueBytesMax: 1000, queueMessagesMax: 10, packBytesMax: 100 }

/** The handle of a daemon that takes the join, and tells of it when the handle is closed: its ring forms that late. */
class LateCpg {
  readonly self = self
  readonly atomicBytesMax = 1000
  readonly open = true
  readonly #handlers: CpgHandlers

  constructor(handlers: CpgHandlers) {
    this.#handlers = handlers
  }

  async join(): Promise<void> {}

  mcast(): boolean {
    return false
  }

  async close(): Promise<void> {
    await turn()
    const member = { ...self, reason: 'JOIN' } as const
    this.#handlers.confchg?.({ group: 'g', members: [member], joined: [member], left: [] })
    this.#handlers.totemConfchg?.({ ring: { nodeid: 1, seq: 4n }, nodeids: [1] })
  }
}

/** Runs timers at once, however long they are. */
async function inNoTime<T>(work: () => Promise<T>): Promise<T> {
  const { setTimeout } = globalThis
  globalThis.setTimeout = ((act: (value: unknown) => void, _ms: number, value: unknown) =>
    setTimeout(act, 0, value)) as typeof setTimeout
  return work().finally(() => {
    globalThis.setTimeout = setTimeout
  })
}

test('a join that was given up is none, though its view comes while the handles are closed', async () => {
  const { open: openCpg } = Cpg
  const { open: openQuorum } = Quorum
  Cpg.open = async (handlers = {}) => new LateCpg(handlers) as unknown as Cpg
  Quorum.open = async () => ({ type: 'set', track() {}, async close() {} }) as unknown as Quorum
  const told: (TransportEvent['type'] | 'joined' | 'ended')[] = []
  const listener = {
    joined: () => void told.push('joined'),
    event: ({ type }: TransportEvent) => void told.push(type),
    ended: () => void told.push('ended'),
  }
  try {
    const failed = await inNoTime(() => Membership.join('g', options, listener).catch(String))
    match(String(failed), /No view came within 30 s/)
  } finally {
    Cpg.open = openCpg
    Quorum.open = openQuorum
  }
  equal(told, [])
})

test.run()
