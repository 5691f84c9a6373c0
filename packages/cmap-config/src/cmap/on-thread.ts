// The calls of libcmap while the event loop goes on: each waits for the daemon on a thread, since none of them has a time
// limit. Slower than the calls at once, by a thread's turn for each value and each key.

import { type Argument, CorosyncError } from '@quorate/corosync-ffi'
import { decodeKey, encodeKey, explained, keyMemoryBytes } from './key.ts'
import { notifyCallback } from './tracking.ts'
import { type CmapValue, decodeValue, typeName, valueBytesMax } from './values.ts'

/** Calls a function of the library, whose first argument is the connection's handle, on a thread. */
export type CallOnThread = (name: string, ...args: Argument[]) => Promise<void>

/** cmap_get(3). */
export async function valueOnThread(call: CallOnThread, key: string): Promise<CmapValue> {
  // Memory of its own: another call may come before this one's answer is looked at.
  const memory = Buffer.alloc(valueBytesMax)
  const length = BigUint64Array.of(BigInt(valueBytesMax))
  const type = new Int32Array(1)
  await keyedOnThread(call, 'cmap_get', key, memory, length, type)
  // Copied: a value may be kept, and must not keep all of the memory.
  const bytes = Uint8Array.from(memory.subarray(0, Number(length[0])))
  return decodeValue(typeName(type[0] as number, 'cmap_get'), bytes)
}

/** cmap_iter_init(3), _next(3), _finalize(3): the names only. */
export async function keysOnThread(call: CallOnThread, prefix: string): Promise<string[]> {
  const iteration = new BigUint64Array(1)
  await keyedOnThread(call, 'cmap_iter_init', prefix, iteration)
  // What fails from here on fails with the connection, with which the daemon ends the iteration.
  const keys = await iterate(call, iteration[0] as bigint)
  await call('cmap_iter_finalize', iteration[0] as bigint)
  return keys
}

/** cmap_track_add(3): the handle of the tracking. */
export async function trackOnThread(call: CallOnThread, key: string, flags: number): Promise<bigint> {
  const added = new BigUint64Array(1)
  await keyedOnThread(call, 'cmap_track_add', key, flags, notifyCallback(), null, added)
  return added[0] as bigint
}

/** Any function whose second argument is a key, which its errors then name. */
export async function keyedOnThread(
  call: CallOnThread,
  name: string,
  key: string,
  ...args: Argument[]
): Promise<void> {
  try {
    await call(name, encodeKey(key, name), ...args)
  } catch (error) {
    throw explained(error, key)
  }
}

async function iterate(call: CallOnThread, iteration: bigint): Promise<string[]> {
  const keys: string[] = []
  const name = Buffer.alloc(keyMemoryBytes)
  try {
    for (;;) {
      await call('cmap_iter_next', iteration, name, null, null)
      keys.push(decodeKey(name))
    }
  } catch (error) {
    if (error instanceof CorosyncError && error.code === 'CS_ERR_NO_SECTIONS') return keys
    throw error
  }
}
