// What a holding holds, read from disk and checked: each value against its checksum, each entry against the chain.

import { setImmediate as turn } from 'node:timers/promises'
import type { Entry, Stored, StoredSnapshot } from '@quorate/core'
import { chainAfter, decodeRecord } from '@quorate/core/encoding'
import { type Head, isEmpty } from './contents.ts'
import type { DataReader } from './data-reader.ts'
import { readEntry } from './entry-value.ts'
import { damaged } from './errors.ts'
import { entryKey, partKey, recordKey } from './keys.ts'
import { ValueMemory } from './value-memory.ts'

/** Read without a pause: other replicas of this process go on. */
const entriesInTurn = 500

export class Loading {
  readonly #path: string
  readonly #file: DataReader

  constructor(path: string, file: DataReader) {
    this.#path = path
    this.#file = file
  }

  /** @throws {QuorateError} `Malformed` */
  async load(holding: number, head: Head): Promise<Stored | null> {
    const { owner, start, snapshot } = head
    if (owner === null || isEmpty(head)) return null
    return {
      ...{ owner, start },
      record: this.#record(holding),
      snapshot: snapshot && this.#snapshot(snapshot),
      entries: await this.#entries(head),
    }
  }

  #record(holding: number): Stored['record'] {
    const record = decodeRecord(this.#file.read(recordKey(holding)))
    if (record === undefined) throw damaged(this.#path, 'what it holds as record is none')
    return record
  }

  /** Each part is read when it is wanted. */
  #snapshot({ index, chain, id, count }: NonNullable<Head['snapshot']>): StoredSnapshot {
    const file = this.#file
    return {
      ...{ index, chain },
      pieces: {
        *[Symbol.iterator]() {
          for (let place = 0; place < count; place++) yield file.read(partKey(id, place)).slice()
        },
      },
    }
  }

  async #entries({ log, start, end }: Head): Promise<Entry[]> {
    const entries: Entry[] = []
    const memory = new ValueMemory()
    let { chain } = start
    for (let index = start.index + 1; index <= end; index++) {
      const entry = readEntry(this.#file.read(entryKey(log, index)), memory)
      if (entry === undefined) throw damaged(this.#path, `entry ${index} is none`)
      chain = chainAfter(chain, entry.payload)
      if (entry.chain !== chain) throw damaged(this.#path, `entry ${index} does not follow the one before it`)
      entries.push(entry)
      if (entries.length % entriesInTurn === 0) await turn()
    }
    return entries
  }
}
