// Reading memory that a library lends for the length of a callback.

import { memcpy } from './libc.ts'
import { loadKoffi } from './library.ts'

/**
 * A copy of `length` bytes at the C address `pointer`. Copied, since the library frees or reuses the memory: a view
 * of it can crash the process (cpg-facts, koffi).
 */
export function copyMemory(pointer: bigint, length: number): Buffer {
  const copy = Buffer.allocUnsafe(length)
  if (length > 0) memcpy(copy, pointer, length)
  return copy
}

/** The C address of `bytes`; good while something refers to `bytes`. */
export function addressOf(bytes: ArrayBufferView): bigint {
  return loadKoffi().address(bytes)
}

/** A copy of `count` uint32 at the C address `pointer`, in this machine's byte order as the library wrote them. */
export function copyUint32s(pointer: bigint, count: number): Uint32Array {
  const copy = new Uint32Array(count)
  if (count > 0) memcpy(copy, pointer, copy.byteLength)
  return copy
}

/** Writes `bytes` to the C address `pointer`, which must have room for them. */
export function writeMemory(pointer: bigint, bytes: Uint8Array): void {
  if (bytes.length > 0) memcpy(pointer, bytes, bytes.length)
}
