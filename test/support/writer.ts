// A client that keeps a replica busy: it writes to a register of its own, several writes at a time, and knows what was
// confirmed. The register itself remembers what was applied to it, so both can be compared.

import type { ReplicaProcess } from '@quorate/testkit/nemesis'
import { equal, ok } from 'uvu/assert'
import { waitUntil } from './wait-until.ts'

/** Longer than any restart takes: a write ends with its process or with its answer. */
const deadlineMs = 30_000
const underWayMax = 4

let lastClient = 0

export class Writer {
  readonly #name: string = `client ${++lastClient}`
  readonly #key: string
  readonly #replica: ReplicaProcess
  readonly #confirmed: number[] = []
  readonly #lanes: readonly Promise<void>[]
  #lastId = 0
  #ended = false

  /** Writes from now on; each command has at least as many bytes. */
  constructor(replica: ReplicaProcess, { commandBytes = 0 } = {}) {
    this.#key = `clients/${String(lastClient).padStart(commandBytes, '0')}`
    this.#replica = replica
    this.#lanes = Array.from({ length: underWayMax }, () => this.#write())
  }

  /** Waits until so many more are confirmed. */
  async confirms(count: number): Promise<void> {
    const wanted = this.#confirmed.length + count
    await waitUntil(() => this.#confirmed.length >= wanted)
    ok(this.#confirmed.length >= wanted, `${this.#confirmed.length} writes were confirmed, not ${wanted}`)
  }

  /** Writes no more, and waits for the answers. */
  async end(): Promise<void> {
    this.#ended = true
    await Promise.all(this.#lanes)
  }

  /** What was confirmed is there; all that is there, once and in the order in which it was written. */
  async assertKept(by: ReplicaProcess): Promise<void> {
    const { applied = [] } = (await by.order('contents', { deadlineMs }))[this.#key] ?? {}
    equal(
      applied,
      [...new Set(applied)].sort((a, b) => a - b),
      `${this.#name}: once each, and in order`,
    )
    const kept = new Set(applied)
    equal(
      this.#confirmed.filter((id) => !kept.has(id)),
      [],
      `${this.#name}: confirmed and lost`,
    )
    ok(applied.every((id) => id <= this.#lastId))
  }

  /** One after the other, until its process has ended or that is enough. */
  async #write(): Promise<void> {
    while (!this.#ended) {
      const id = ++this.#lastId
      const { became } = await this.#replica.perform({ type: 'write', key: this.#key, id }, deadlineMs)
      if (became === 'ok') this.#confirmed.push(id)
      else this.#ended = true
    }
  }
}
