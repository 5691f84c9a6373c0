// A snapshot for joiners, encoded piece by piece, each when it is wanted: the state is held as it was when it was asked
// for, while commands go on.

import type { Index } from '../log/entry.ts'
import type { SliceEncoder } from '../machine/data/slice-encoder.ts'
import type { ReplicatedState } from '../machine/replicated-state.ts'
import type { PieceInput } from '../protocol/input.ts'

export class HeldSnapshot {
  readonly index: Index
  readonly #slices: SliceEncoder
  #offset = 0

  constructor(state: ReplicatedState) {
    this.index = state.index
    this.#slices = state.captureSnapshot()
  }

  /** @throws {QuorateError} `Unserializable`: the state holds what cannot be encoded */
  piece(bytes: number): PieceInput {
    const { bytes: piece, isLast: last } = this.#slices.next(bytes)
    const offset = this.#offset
    this.#offset += piece.length
    return { type: 'piece', index: this.index, offset, piece, last }
  }
}
