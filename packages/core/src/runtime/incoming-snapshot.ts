// A snapshot from a donor, read while it comes.

import type { SliceDecoder } from '../machine/data/slice-decoder.ts'
import { type ReplicatedState, snapshotDecoder } from '../machine/replicated-state.ts'

export class IncomingSnapshot {
  readonly #decoder: SliceDecoder = snapshotDecoder()
  bytes = 0

  add(part: Uint8Array): void {
    this.bytes += part.length
    try {
      this.#decoder.add(part)
    } catch {
      // Parts of donors that differ may make no value. The engine finds that by their digest, and drops them; if it does
      // not, `restoreInto` throws what was thrown here.
    }
  }

  /** @throws {QuorateError} as `ReplicatedState.restore` */
  restoreInto(state: ReplicatedState): void {
    state.restoreFrom(this.#decoder)
  }
}
