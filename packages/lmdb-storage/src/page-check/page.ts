// A page of a tree, whose nodes are read where they lie: nothing in it leads out of it. LMDB's own structs (MDB_page,
// MDB_node, MDB_ovpage).

import { Damage } from './damage.ts'
import { headerBytes, integer, pageBytes } from './meta.ts'

const flags = { branch: 0x01, leaf: 0x02, overflow: 0x04 } as const

/** The other flags are LMDB's own notes on a page that it holds in memory. */
const kindMask = 0x1fff

/** Of a node: its data lies on pages of its own. */
const bigFlag = 0x01

const nodeHeaderBytes = 8

/** Number of the first page, transaction, number of pages. */
const longValueBytes = 24

/** A value on pages of its own, which may be more than it needs. */
export interface LongValue {
  readonly page: number
  readonly pages: number
  readonly bytes: number
}

/** A key where it lies. */
export interface Key {
  readonly bytes: Uint8Array
  readonly from: number
  readonly to: number
}

export class TreePage {
  readonly number: number
  readonly isLeaf: boolean
  /** Of its nodes. */
  readonly count: number
  readonly #body: Buffer
  readonly #upper: number

  /**
   * @param page is read for as long as this is used
   * @throws {Damage} it is not page `number` of a transaction up to this one
   */
  constructor(page: Buffer, number: number, transaction: number) {
    const kind = checkHeader(page, number, transaction)
    if (kind !== flags.branch && kind !== flags.leaf) throw new Damage(`page ${number} is no page of a tree`)
    const body = page.subarray(headerBytes)
    const [lower, upper] = [page.readUInt16LE(20), page.readUInt16LE(22)]
    if (lower % 2 !== 0 || lower > upper || upper > body.length)
      throw new Damage(`page ${number} has other bounds than a page can have`)
    this.number = number
    this.isLeaf = kind === flags.leaf
    this.count = lower / 2
    this.#body = body
    this.#upper = upper
    for (let place = 0; place < this.count; place++) this.#checkNode(place)
  }

  key(place: number): Key {
    const at = this.#nodeAt(place)
    return { bytes: this.#body, from: at + nodeHeaderBytes, to: this.#keyEnd(at) }
  }

  /** Of a branch: the page below. */
  child(place: number): number {
    const at = this.#nodeAt(place)
    return this.#low(at) + this.#uint16(at + 4) * 2 ** 32
  }

  /**
   * Of a leaf; `null`: its data lie in the node.
   *
   * @throws {Damage} it is longer than its pages
   */
  longValue(place: number): LongValue | null {
    const at = this.#nodeAt(place)
    if (this.#uint16(at + 4) !== bigFlag) return null
    const [keyEnd, bytes] = [this.#keyEnd(at), this.#low(at)]
    const [page, pages] = [integer(this.#body, keyEnd), integer(this.#body, keyEnd + 16)]
    if (headerBytes + bytes > pages * pageBytes)
      throw new Damage(`the value on page ${page} is longer than its pages`)
    return { page, pages, bytes }
  }

  /** Of a leaf whose data lie in the node. */
  data(place: number): Buffer {
    const at = this.#nodeAt(place)
    const keyEnd = this.#keyEnd(at)
    return this.#body.subarray(keyEnd, keyEnd + this.#low(at))
  }

  #checkNode(place: number): void {
    const at = this.#nodeAt(place)
    if (this.#isOutside(at, at + nodeHeaderBytes) || this.#isOutside(at, this.#endOf(at)))
      throw new Damage(`page ${this.number} has a node outside of its bounds`)
  }

  #isOutside(at: number, end: number): boolean {
    return at < this.#upper || end > this.#body.length
  }

  #endOf(at: number): number {
    const keyEnd = this.#keyEnd(at)
    if (!this.isLeaf) return keyEnd
    const nodeFlags = this.#uint16(at + 4)
    if (nodeFlags === 0) return keyEnd + this.#low(at)
    if (nodeFlags === bigFlag) return keyEnd + longValueBytes
    throw new Damage(`page ${this.number} has a node of another kind`)
  }

  #nodeAt(place: number): number {
    return this.#uint16(2 * place)
  }

  #keyEnd(at: number): number {
    return at + nodeHeaderBytes + this.#uint16(at + 6)
  }

  /** Of a leaf: how long its data are. */
  #low(at: number): number {
    return this.#uint16(at) + this.#uint16(at + 2) * 2 ** 16
  }

  /** Buffer's own looks at its arguments each time. */
  #uint16(at: number): number {
    return (this.#body[at] as number) | ((this.#body[at + 1] as number) << 8)
  }
}

/** @throws {Damage} it is not the first page of a value that has so many */
export function checkOverflowPage(page: Buffer, number: number, transaction: number, pages: number): void {
  if (checkHeader(page, number, transaction) !== flags.overflow || page.readUInt32LE(20) !== pages)
    throw new Damage(`page ${number} is not the first of a long value`)
}

function checkHeader(page: Buffer, number: number, transaction: number): number {
  if (integer(page, 0) !== number) throw new Damage(`where page ${number} belongs is another`)
  if (integer(page, 8) > transaction)
    throw new Damage(`page ${number} is of a transaction that is newer than the newest`)
  return page.readUInt16LE(18) & kindMask
}
