// The zero-copy calls of libcpg 3.1 (cpg_zcb_alloc(3)); removed in later versions: never depend on them.

import { type Connection, libcpg, statusOk, statusTryAgain, unwrap, writeMemory } from '@quorate/corosync-ffi'
import { type CpgGuarantee, guarantees } from './cpg-types.ts'

/** A buffer shared with the daemon. Free it, sent or not; sending does not use it up. */
export class ZeroCopyBuffer {
  /** How many bytes fit. */
  readonly size: number
  readonly #connection: Connection<unknown>
  readonly #pointer: bigint
  readonly #requireJoined: () => void

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

  /** cpg_zcb_alloc(3). */
  static allocate(connection: Connection<unknown>, size: number, requireJoined: () => void): ZeroCopyBuffer {
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
    if (offset < 0 || offset + bytes.length > this.size) {
      throw new RangeError(`${bytes.length} bytes at ${offset} do not fit into ${this.size}.`)
    }
    writeMemory(this.#pointer + BigInt(offset), bytes)
  }

  /** Multicasts the first `length` bytes: cpg_zcb_mcast_joined(3). False: try again later, nothing was sent. */
  mcast(length: number = this.size, guarantee: CpgGuarantee = 'AGREED'): boolean {
    this.#requireJoined()
    if (length > this.size) throw new RangeError(`${length} bytes of a buffer of ${this.size}.`)
    const name = 'cpg_zcb_mcast_joined'
    const { handle } = this.#connection
    const native = libcpg.native(name)
    const status = this.#connection.status(native, name, handle, guarantees[guarantee], this.#pointer, length)
    if (status === statusTryAgain) return false
    if (status !== statusOk) unwrap(status, name)
    return true
  }

  /** cpg_zcb_free(3). */
  free(): void {
    this.#connection.call('cpg_zcb_free', this.#connection.handle, this.#pointer)
  }
}
