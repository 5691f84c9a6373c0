// The replicas of a cluster, a process on each node.

import { join } from 'node:path'
import type { CorosyncCluster } from '@quorate/testkit'
import { LineProgram, sourceCommand } from '../line-program.ts'
import type { Measured } from './loads.ts'
import type { MemberSettings } from './member.ts'

const program = new URL('member.ts', import.meta.url)

export interface MembersOptions {
  /** Default: `'bench'`. */
  readonly group?: string
  /** Of the storages, which have folders of their own in it. Default: there are none. */
  readonly storageFolder?: string
  /** Whether the state has a table. Default: no. */
  readonly seats?: boolean
}

export class Members {
  readonly #cluster: CorosyncCluster
  readonly #options: MembersOptions
  readonly #members: Map<number, LineProgram> = new Map()

  constructor(cluster: CorosyncCluster, options: MembersOptions = {}) {
    this.#cluster = cluster
    this.#options = options
  }

  /** Fulfilled when these replicas have all that the group has. */
  async start(nodeids: readonly number[] = this.#nodeids): Promise<void> {
    for (const nodeid of nodeids) {
      const command = sourceCommand(program, JSON.stringify(this.#settings(nodeid)))
      this.#members.set(nodeid, new LineProgram(this.#cluster.node(nodeid), command))
    }
    await Promise.all(nodeids.map((nodeid) => this.#member(nodeid).answer()))
  }

  load(nodeid: number, inFlight: number, milliseconds: number): Promise<Measured> {
    return this.ask<Measured>(nodeid, `load ${inFlight} ${milliseconds}`)
  }

  /** All at once, each with so many callers: commits per second, together. */
  async loadAll(inFlight: number, milliseconds: number): Promise<number> {
    const measured = await Promise.all(
      this.#nodeids.map((nodeid) => this.load(nodeid, inFlight, milliseconds)),
    )
    return measured.reduce((sum, { commitsPerSecond }) => sum + commitsPerSecond, 0)
  }

  async ask<T>(nodeid: number, command: string): Promise<T> {
    return JSON.parse(await this.#member(nodeid).ask(command)) as T
  }

  /** SIGKILL. */
  async kill(nodeid: number): Promise<void> {
    await this.#member(nodeid).kill()
    this.#members.delete(nodeid)
  }

  /** @throws {Error} the replicas do not agree on how much was written */
  async check(): Promise<void> {
    const counts = await Promise.all(this.#nodeids.map((nodeid) => this.ask<number>(nodeid, 'writes')))
    if (new Set(counts).size !== 1) throw new Error(`The replicas applied ${counts}: they must agree`)
  }

  async end(): Promise<void> {
    await Promise.all([...this.#members.values()].map((member) => member.end()))
  }

  /** `null`: it has no storage. */
  storagePath(nodeid: number): string | null {
    const { storageFolder } = this.#options
    return storageFolder === undefined ? null : join(storageFolder, `node-${nodeid}`)
  }

  #settings(nodeid: number): MemberSettings {
    const { group = 'bench', seats = false } = this.#options
    return { voters: this.#nodeids, group, storagePath: this.storagePath(nodeid), seats }
  }

  get #nodeids(): number[] {
    return this.#cluster.nodes.map(({ id }) => id)
  }

  #member(nodeid: number): LineProgram {
    return this.#members.get(nodeid) as LineProgram
  }
}
