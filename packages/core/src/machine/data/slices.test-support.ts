// Takes all slices of an encoder, and looks whether each is as long as was asked for.

import * as assert from 'uvu/assert'
import type { SliceEncoder } from './slice-encoder.ts'

/** All bytes that are left. */
export function joined(encoder: SliceEncoder, nextBytes: () => number): Uint8Array {
  const slices: Uint8Array[] = []
  for (let isLast = false; !isLast; ) {
    const asked = nextBytes()
    const slice = encoder.next(asked)
    isLast = slice.isLast
    slices.push(slice.bytes)
    const { length } = slice.bytes
    assert.ok(
      isLast ? length > 0 && length <= asked : length === asked,
      `${length} bytes, ${asked} asked for`,
    )
  }
  return new Uint8Array(Buffer.concat(slices))
}
