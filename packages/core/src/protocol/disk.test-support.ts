// What a process has on its disk: writes are there when they are synced, each as a whole, in their order.

import type { Incarnation } from '../identity.ts'
import type { Entry } from '../log/entry.ts'
import { emptyLogStart, type LogStart } from '../log/log.ts'
import type { StorageRecord } from '../log/storage-record.ts'
import type { ModelMachine } from './model-machine.test-support.ts'
import type { StoredState } from './options.ts'
import type { PersistOutput } from './output.ts'

export class Disk {
  #record: StorageRecord | null = null
  #start: LogStart = emptyLogStart
  #snapshot: Uint8Array | null = null
  #entries: Entry[] = []
  #pending: PersistOutput[] = []

  write(write: PersistOutput): void {
    this.#pending.push(write)
  }

  /** All up to `token` is there now. */
  sync(token: number): void {
    while (this.#pending[0] !== undefined && this.#pending[0].token <= token) {
      this.#take(this.#pending.shift() as PersistOutput)
    }
  }

  /** After a crash: what was not synced is gone. The machine is restored to where the log begins. */
  load(machine: ModelMachine, own: Incarnation): StoredState | null {
    this.#pending = []
    if (this.#record === null) return null
    if (this.#snapshot !== null) machine.restore(this.#snapshot, own)
    const { versions, index } = machine
    return {
      record: this.#record,
      start: { ...this.#start, versions },
      entries: [...this.#entries],
      applied: index,
    }
  }

  #take({ record, snapshot, begin, truncate, append }: PersistOutput): void {
    this.#record = record
    if (begin !== null) {
      this.#start = { ...begin, versions: this.#start.versions }
      this.#entries = []
      this.#snapshot = null
    }
    if (snapshot !== null) {
      this.#entries.splice(0, snapshot.index - this.#start.index)
      this.#start = { index: snapshot.index, chain: snapshot.chain, versions: this.#start.versions }
      this.#snapshot = snapshot.bytes
    }
    this.#entries.length = truncate - this.#start.index
    this.#entries.push(...append)
  }
}
