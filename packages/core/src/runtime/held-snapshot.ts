// A snapshot for joiners, encoded piece by piece, each when it is wanted: the state is held as it was when it was asked
// for, while commands go on.

import type { Index } from '../log/entry.ts'
import type { ReplicatedState } from '../machine/replicated-state.ts'
import type { PieceInput } from '../protocol/input.ts'

export class HeldSnapshot {
  readonly index: Index
  readonly #bytes: Uint8Array
  #offset = 0

  constructor(state: ReplicatedState) {
    this.index = state.index
    this.#bytes = state.snapshot()
  }

  piece(bytes: number): PieceInput {
    const offset = this.#offset
    const piece = this.#bytes.subarray(offset, offset + bytes)
    this.#offset += piece.length
    return { type: 'piece', index: this.index, offset, piece, last: this.#offset === this.#bytes.length }
  }
}
