// The zero-copy calls of libcpg 3.1 (cpg_zcb_alloc(3)); removed in later versions: never depend on them.

import { type Connection, CorosyncError, libcpg, writeMemory } from '@quorate/corosync-ffi'
import { type CpgGuarantee, guarantees } from './cpg-types.ts'

/**
 * A buffer shared with the daemon. Free it before its connection closes, sent or not; sending does not use it up.
 * Every call fails with `CLOSED` after that: the memory is gone, and to touch it would end the process.
 */
export class ZeroCopyBuffer {
  /** How many bytes fit. */
  readonly size: number
  readonly #connection: Connection<unknown>
  readonly #pointer: bigint
  readonly #requireJoined: () => void
  #freed = false

  private constructor(
    connection: Connection<unknown>,
    pointer: bigint,
    size: number,
    requireJoined: () => void,
  ) {
    this.#connection = connection
    this.#pointer = pointer
    this.size = size
    this.#requireJoined = requireJoined
  }

  /** cpg_zcb_alloc(3), of at most `sizeMax` bytes: the library ends the process when it cannot have what it is asked for. */
  static allocate(
    connection: Connection<unknown>,
    size: number,
    sizeMax: number,
    requireJoined: () => void,
  ): ZeroCopyBuffer {
    requireLength(size, sizeMax)
    const pointer = new BigUint64Array(1)
    connection.call('cpg_zcb_alloc', connection.handle, size, pointer)
    return new ZeroCopyBuffer(connection, pointer[0] as bigint, size, requireJoined)
  }

  /**
   * Writes `bytes` at `offset`.
   *
   * @throws {RangeError} they do not fit
   */
  write(bytes: Uint8Array, offset = 0): void {
    this.#requireMemory('cpg_zcb_alloc')
    if (!Number.isInteger(offset) || offset < 0 || offset + bytes.length > this.size) {
      throw new RangeError(`${bytes.length} bytes at ${offset} do not fit into ${this.size}.`)
    }
    writeMemory(this.#pointer + BigInt(offset), bytes)
  }

  /**
   * Multicasts the first `length` bytes: cpg_zcb_mcast_joined(3). False: try again later, nothing was sent.
   *
   * @throws {RangeError} the buffer has not that many
   */
  mcast(length: number = this.size, guarantee: CpgGuarantee = 'AGREED'): boolean {
    const name = 'cpg_zcb_mcast_joined'
    this.#requireMemory(name)
    this.#requireJoined()
    requireLength(length, this.size)
    const { handle } = this.#connection
    const native = libcpg.native(name)
    return this.#connection.send(native, name, handle, guarantees[guarantee], this.#pointer, length)
  }

  /** cpg_zcb_free(3). */
  free(): void {
    this.#requireMemory('cpg_zcb_free')
    this.#connection.call('cpg_zcb_free', this.#connection.handle, this.#pointer)
    this.#freed = true
  }

  #requireMemory(call: string): void {
    if (this.#freed) throw new CorosyncError('CLOSED', call, 'The buffer was freed; allocate another.')
    if (!this.#connection.open)
      throw new CorosyncError('CLOSED', call, 'The connection was closed or its daemon died.')
  }
}

function requireLength(length: number, lengthMax: number): void {
  if (Number.isInteger(length) && length >= 0 && length <= lengthMax) return
  throw new RangeError(`${length} bytes of a zero-copy buffer; 0 to ${lengthMax} are possible.`)
}
