// What a process has on its disk: writes are there when they are synced, each as a whole, in their order.

import type { Incarnation } from '../identity.ts'
import type { Entry } from '../log/entry.ts'
import { emptyLogStart, type LogStart } from '../log/log.ts'
import type { StorageRecord } from '../log/storage-record.ts'
import type { ModelMachine } from './model-machine.test-support.ts'
import type { StoredState } from './options.ts'
import type { PersistOutput } from './output.ts'

interface Pending {
  readonly write: PersistOutput
  readonly restored: Uint8Array
}

export class Disk {
  #record: StorageRecord | null = null
  #start: LogStart = emptyLogStart
  #snapshot: Uint8Array | null = null
  #entries: Entry[] = []
  #pending: Pending[] = []

  /** `restored`: the bytes of the snapshot in it, if there is one. */
  write(write: PersistOutput, restored: Uint8Array): void {
    this.#pending.push({ write, restored })
  }

  /** All up to `token` is there now. */
  sync(token: number): void {
    while (this.#pending[0] !== undefined && this.#pending[0].write.token <= token) {
      this.#take(this.#pending.shift() as Pending)
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

  #take({ write, restored }: Pending): void {
    const { record, snapshot, begin, truncate, append } = write
    this.#record = record
    if (begin !== null) {
      this.#start = { ...begin, versions: this.#start.versions }
      this.#entries = []
      this.#snapshot = null
    }
    if (snapshot !== null) {
      this.#entries.splice(0, snapshot.index - this.#start.index)
      this.#start = { index: snapshot.index, chain: snapshot.chain, versions: this.#start.versions }
      this.#snapshot = restored
    }
    this.#entries.length = truncate - this.#start.index
    this.#entries.push(...append)
  }
}
