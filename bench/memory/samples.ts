// What the processes of a run hold, looked at from time to time: the replicas with and without their garbage, and the
// daemons.

import { readFileSync } from 'node:fs'
import type { CorosyncCluster } from '@quorate/testkit'
import type { Row } from '../../scripts/bench/bench.ts'
import type { Holdings } from '../support/replicas/holdings.ts'
import type { Members } from '../support/replicas/members.ts'
import { Series } from './series.ts'

/**
 * Nobody forces a collection here: a process that is made to collect would not show garbage whose size V8 does not know.
 */
const uncollected = 3

export class Samples {
  readonly #cluster: CorosyncCluster
  readonly #members: Members
  readonly #heap = new Series()
  readonly #resident = new Series()
  readonly #daemon = new Series()

  constructor(cluster: CorosyncCluster, members: Members) {
    this.#cluster = cluster
    this.#members = members
  }

  async take(minute: number): Promise<void> {
    for (const { id, daemon } of this.#cluster.nodes) {
      const { resident } = await this.#members.ask<Holdings>(id, 'holdings')
      this.#resident.add(id, minute, resident)
      this.#daemon.add(id, minute, residentBytes(daemon.pid))
    }
  }

  /** What is left of the heap when the garbage is gone. */
  async takeCollected(minute: number): Promise<void> {
    for (const { id } of this.#cluster.nodes) {
      if (id === uncollected) continue
      const { heap } = await this.#members.ask<Holdings>(id, 'collected')
      this.#heap.add(id, minute, heap)
    }
  }

  get latest(): string {
    return `heap after collection ${this.#heap.latest}; resident ${this.#resident.latest}; daemons ${this.#daemon.latest}`
  }

  rows(): Row[] {
    return [...this.#heap.rows('heap'), ...this.#resident.rows('rss'), ...this.#daemon.rows('daemon_rss')]
  }
}

/** @throws {Error} there is no such process: a daemon must not end while it is measured */
function residentBytes(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  return Number(kibibytes) * 1024
}
