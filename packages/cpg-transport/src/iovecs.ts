// The buffers of one multicast as cpg_mcast_joined(3) takes them: struct iovec[], of base and length.

import { addressOf } from '@quorate/corosync-ffi'

/** Buffers in one multicast: more smash the library's stack. */
const buffersMax = 63

/** Filled anew for each multicast; the library reads it during the call. */
export class Iovecs {
  readonly memory: BigUint64Array = new BigUint64Array(2 * buffersMax)
  /** Keeps them from being collected while only their addresses are in use. */
  #buffers: readonly Uint8Array[] = []

  /** How many are filled in. */
  get count(): number {
    return this.#buffers.length
  }

  /**
   * Takes in the buffers, until `clear`. Returns their length in bytes.
   *
   * @throws {RangeError} over 63 buffers
   */
  fill(buffers: readonly Uint8Array[]): number {
    if (buffers.length > buffersMax) {
      throw new RangeError(
        `A multicast of ${buffers.length} buffers; at most ${buffersMax} are possible: join them.`,
      )
    }
    this.#buffers = buffers
    let length = 0
    for (let i = 0; i < buffers.length; i++) {
      const buffer = buffers[i] as Uint8Array
      this.memory[2 * i] = addressOf(buffer)
      this.memory[2 * i + 1] = BigInt(buffer.length)
      length += buffer.length
    }
    return length
  }

  /** Lets the buffers go. */
  clear(): void {
    this.#buffers = []
  }
}
