// A snapshot from a donor: read while it comes, and kept as it came if there is a storage to write it to.

import type { SliceDecoder } from '../machine/data/slice-decoder.ts'
import { type ReplicatedState, snapshotDecoder } from '../machine/replicated-state.ts'

export class IncomingSnapshot {
  readonly #decoder: SliceDecoder = snapshotDecoder()
  readonly #parts: Uint8Array[] | null

  constructor({ kept }: { readonly kept: boolean }) {
    this.#parts = kept ? [] : null
  }

  add(part: Uint8Array): void {
    this.#parts?.push(part)
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

  /** As they came. */
  get bytes(): Uint8Array {
    return Buffer.concat(this.#parts ?? [])
  }
}
