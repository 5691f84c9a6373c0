// What happened, twice: as a rolling digest over every event, by which two runs are compared, and, when asked for, as
// the last lines of a text.

import { mixSeeds } from './random.ts'

/** FNV-1a over the bytes, 32 bits. */
export function hashBytes(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < bytes.length; index++)
    hash = Math.imul(hash ^ (bytes[index] as number), 0x01000193)
  return hash
}

export class Trace {
  readonly #linesMax: number
  readonly #lines: string[] = []
  #low = 0
  #high = 0x5bd1e995

  /** Keeps the last `linesMax` lines; with 0 none are made. */
  constructor(linesMax: number) {
    this.#linesMax = linesMax
  }

  /** Adds to the digest. */
  mix(a: number, b: number): void {
    this.#low = mixSeeds(this.#low ^ a, b)
    this.#high = (Math.imul(this.#high, 31) + this.#low) | 0
  }

  /** 16 hexadecimal digits. */
  get digest(): string {
    const digits = (part: number) => (part >>> 0).toString(16).padStart(8, '0')
    return digits(this.#high) + digits(this.#low)
  }

  /** Whether lines are kept: who makes one asks first. */
  get isReadable(): boolean {
    return this.#linesMax > 0
  }

  line(text: string): void {
    if (this.#linesMax === 0) return
    this.#lines.push(text)
    if (this.#lines.length >= 2 * this.#linesMax) this.#lines.splice(0, this.#linesMax)
  }

  /** The last lines, oldest first. */
  lines(): string[] {
    return this.#lines.slice(-this.#linesMax)
  }
}
