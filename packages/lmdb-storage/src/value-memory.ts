// Memory for many values that are kept, taken in large pieces: to take some for each value takes longer than to fill it.

/** What is kept of one value keeps a piece: it is no larger than what a few hundred entries have. */
const pieceBytes = 64 * 1024

export class ValueMemory {
  #piece = new Uint8Array(0)
  #used = 0

  /** A copy of `value` from its byte `from` on. */
  keep(value: Uint8Array, from: number): Uint8Array {
    const { length } = value
    if (this.#used + length > this.#piece.length) this.#begin(length)
    const at = this.#used
    this.#piece.set(value, at)
    this.#used += length
    return new Uint8Array(this.#piece.buffer, at + from, length - from)
  }

  #begin(length: number): void {
    this.#piece = new Uint8Array(Math.max(pieceBytes, length))
    this.#used = 0
  }
}
