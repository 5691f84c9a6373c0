// Commands as bytes. Each is its length (four bytes), its name and its input, so that one can be read without those
// before it: a batch in which a command rejects is run again in part, and then each input must be fresh.

import { QuorateError } from '../errors.ts'
import type { CommandsBody } from '../log/entry.ts'
import type { Batch } from './application.ts'
import { read } from './data/decode.ts'
import { encodeAll } from './data/encode.ts'
import { Reader } from './data/reader.ts'

const lengthBytes = 4

/**
 * One command. A batch is commands one after the other.
 *
 * @throws {QuorateError} `Unserializable`, unapplied: the input cannot be sent, and where in it
 */
export function encodeCommand(name: string, input: unknown): Uint8Array {
  try {
    const bytes = encodeAll([name, input], lengthBytes)
    const { length } = bytes
    new DataView(bytes.buffer, bytes.byteOffset, lengthBytes).setUint32(0, length - lengthBytes, true)
    return bytes
  } catch (cause) {
    if (!(cause instanceof QuorateError)) throw cause
    const message = `The input of command '${name}': ${cause.message}`
    throw new QuorateError(cause.code, message, { cause, outcome: 'unapplied' })
  }
}

/** Those of a batch of commands from one place up to another, read in any order, any number of times. */
export class CommandBatch implements Batch {
  readonly count: number
  /** Where each begins, behind its length; then where the next one would. */
  readonly #starts: readonly number[]
  readonly #reader: Reader
  readonly #first: number
  name = ''
  input: unknown

  /** @throws {QuorateError} `Malformed`: `bytes` are not `total` commands */
  constructor(bytes: Uint8Array, total: number, from = 0, to: number = total) {
    this.count = to - from
    this.#first = from
    this.#starts = startsOf(bytes, total)
    this.#reader = new Reader(bytes)
  }

  /** @throws {QuorateError} `Malformed` */
  read(place: number): void {
    const start = this.#starts[this.#first + place] as number
    const end = (this.#starts[this.#first + place + 1] as number) - lengthBytes
    const reader = this.#reader
    reader.seek(start, end)
    this.name = String(read(reader))
    this.input = read(reader)
    reader.finish()
  }
}

/** A command of an entry. */
export interface Command {
  readonly name: string
  readonly input: unknown
}

/**
 * The commands of an entry, in order.
 *
 * @throws {QuorateError} `Malformed`, when it comes to what is none
 */
export function* commandsOf({ commands, count }: CommandsBody): Generator<Command> {
  const batch = new CommandBatch(commands, count)
  for (let place = 0; place < count; place++) {
    batch.read(place)
    yield { name: batch.name, input: batch.input }
  }
}

function startsOf(bytes: Uint8Array, count: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const starts: number[] = [lengthBytes]
  let at = 0
  for (let place = 0; place < count && at + lengthBytes <= bytes.length; place++) {
    at += lengthBytes + view.getUint32(at, true)
    starts.push(at + lengthBytes)
  }
  if (starts.length !== count + 1 || at !== bytes.length)
    throw new QuorateError('Malformed', `A batch of ${bytes.length} bytes does not hold ${count} commands`)
  return starts
}
