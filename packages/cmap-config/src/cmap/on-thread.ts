// Reading the map while the event loop goes on: each call of the library waits for the daemon on a thread, since none of
// them has a time limit. Slower than the calls at once, by a thread's turn for each value and each key.

import { type Argument, type Connection, CorosyncError } from '@quorate/corosync-ffi'
import { decodeKey, encodeKey, explained, keyMemoryBytes } from './key.ts'
import { type CmapValue, decodeValue, typeName, valueBytesMax } from './values.ts'

/** cmap_get(3). */
export async function valueOnThread(connection: Connection<unknown>, key: string): Promise<CmapValue> {
  // Memory of its own: another call may come before this one's answer is looked at.
  const memory = Buffer.alloc(valueBytesMax)
  const length = BigUint64Array.of(BigInt(valueBytesMax))
  const type = new Int32Array(1)
  await keyed(connection, 'cmap_get', key, memory, length, type)
  return decodeValue(typeName(type[0] as number, 'cmap_get'), memory.subarray(0, Number(length[0])))
}

/** cmap_iter_init(3), _next(3), _finalize(3): the names only. */
export async function keysOnThread(connection: Connection<unknown>, prefix: string): Promise<string[]> {
  const iteration = new BigUint64Array(1)
  await keyed(connection, 'cmap_iter_init', prefix, iteration)
  const { handle } = connection
  try {
    return await iterate(connection, iteration[0] as bigint)
  } finally {
    // With the connection, the daemon has ended the iteration.
    if (connection.open) await connection.callOnThread('cmap_iter_finalize', handle, iteration[0] as bigint)
  }
}

async function iterate(connection: Connection<unknown>, iteration: bigint): Promise<string[]> {
  const keys: string[] = []
  const name = Buffer.alloc(keyMemoryBytes)
  try {
    for (;;) {
      await connection.callOnThread('cmap_iter_next', connection.handle, iteration, name, null, null)
      keys.push(decodeKey(name))
    }
  } catch (error) {
    if (error instanceof CorosyncError && error.code === 'CS_ERR_NO_SECTIONS') return keys
    throw error
  }
}

async function keyed(
  connection: Connection<unknown>,
  name: string,
  key: string,
  ...args: Argument[]
): Promise<void> {
  try {
    await connection.callOnThread(name, connection.handle, encodeKey(key, name), ...args)
  } catch (error) {
    throw explained(error, key)
  }
}
