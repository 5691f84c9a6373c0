// Bytes to a value while they come, in parts cut anywhere. What is still open stands on a stack of its own: a recursion
// could not stop on the way. Only a token that lies in several parts is copied before it is read.

import { type Assembly, assemblyOf } from './assembly.ts'
import { Carry } from './carry.ts'
import { beginsNoValue, checkDepth, malformed } from './malformed.ts'
import { Packed, packedBytesMin } from './packed.ts'
import { Reader } from './reader.ts'
import { partsFrom, tag } from './tags.ts'

export interface SliceDecoderOptions {
  /** Whether the value comes as immer's `freeze(value, true)` would leave it, for less than that costs. Default: no. */
  readonly freeze?: boolean
  /** Whether there may be tables in it, as in snapshots. Default: no. */
  readonly tables?: boolean
}

export class SliceDecoder {
  readonly #freezes: boolean
  readonly #readsTables: boolean
  readonly #carry = new Carry()
  /** The outermost value first; each is a part of the one before. */
  readonly #open: Assembly[] = []
  #value: unknown
  #isComplete = false
  #error: unknown = null

  constructor({ freeze = false, tables = false }: SliceDecoderOptions = {}) {
    this.#freezes = freeze
    this.#readsTables = tables
  }

  /**
   * The bytes that follow. The work is that of as many bytes, and nothing refers to them afterwards.
   *
   * @throws {QuorateError} `Malformed`: they are damaged, or more than the value has; from then on each time
   */
  add(part: Uint8Array): void {
    if (this.#error !== null) throw this.#error
    try {
      this.#read(new Reader(part))
    } catch (error) {
      this.#error = error
      throw error
    }
  }

  /**
   * A value equal to the one that was encoded.
   *
   * @throws {QuorateError} `Malformed`: bytes are missing, or were damaged
   */
  finish(): unknown {
    if (this.#error !== null) throw this.#error
    return this.#isComplete ? this.#value : malformed('they end too early')
  }

  #read(part: Reader): void {
    if (!this.#carry.isEmpty) {
      if (!this.#carry.fill(part)) return
      this.#token(new Reader(this.#carry.taken()))
    }
    while (!this.#isComplete && part.hasToken()) this.#token(part)
    if (this.#isComplete) part.finish()
    else this.#carry.fill(part)
  }

  #token(reader: Reader): void {
    const packed = this.#packed(reader)
    if (packed === null) this.#unpacked(reader.kind(), reader)
    else this.#put(packed)
  }

  #unpacked(kind: number, reader: Reader): void {
    if (kind < partsFrom) this.#put(reader.leaf(kind))
    else this.#begin(kind, reader)
  }

  /** The next value as its bytes, if it may be packed. */
  #packed(reader: Reader): Packed | null {
    const depth = this.#open.length
    if (!this.#open[depth - 1]?.packsPart) return null
    const start = reader.position
    return reader.pass(depth, packedBytesMin) ? new Packed(reader.copied, start, reader.position) : null
  }

  #begin(kind: number, reader: Reader): void {
    if (kind === tag.table && !this.#readsTables) beginsNoValue(kind)
    checkDepth(this.#open.length + 1)
    const freezes = this.#open[this.#open.length - 1]?.freezesPart ?? this.#freezes
    const assembly = assemblyOf(kind, reader, freezes)
    if (assembly.isWhole) this.#put(assembly.finished())
    else this.#open.push(assembly)
  }

  /** Where it belongs; if it was the last part of what is around it, that too. */
  #put(value: unknown): void {
    let done = value
    while (this.#open.length > 0) {
      const around = this.#open[this.#open.length - 1] as Assembly
      around.add(done)
      if (!around.isWhole) return
      done = around.finished()
      this.#open.pop()
    }
    this.#value = done
    this.#isComplete = true
  }
}
