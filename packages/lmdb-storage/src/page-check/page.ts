// A page of a tree, taken apart: nothing in it leads out of it. LMDB's own structs (MDB_page, MDB_node, MDB_ovpage).

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

export interface Node {
  readonly key: Buffer
  /** Of a branch: the page below. */
  readonly child: number
  /** Of a leaf: its data, or where they are. */
  readonly data: Buffer | LongValue
}

export interface TreePage {
  readonly isLeaf: boolean
  readonly nodes: readonly Node[]
}

/** @throws {Damage} it is not page `number` of a transaction up to this one */
export function readTreePage(page: Buffer, number: number, transaction: number): TreePage {
  const kind = checkHeader(page, number, transaction)
  if (kind !== flags.branch && kind !== flags.leaf) throw new Damage(`page ${number} is no page of a tree`)
  const isLeaf = kind === flags.leaf
  const body = page.subarray(headerBytes)
  const [lower, upper] = [page.readUInt16LE(20), page.readUInt16LE(22)]
  if (lower % 2 !== 0 || lower > upper || upper > body.length)
    throw new Damage(`page ${number} has other bounds than a page can have`)
  const places = Array.from({ length: lower / 2 }, (_, i) => body.readUInt16LE(2 * i))
  return { isLeaf, nodes: places.map((at) => readNode(body, at, upper, isLeaf, number)) }
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

function readNode(body: Buffer, at: number, upper: number, isLeaf: boolean, number: number): Node {
  const outside = (end: number): boolean => at < upper || end > body.length
  if (outside(at + nodeHeaderBytes)) throw new Damage(`page ${number} has a node outside of its bounds`)
  const low = body.readUInt32LE(at)
  const nodeFlags = body.readUInt16LE(at + 4)
  const keyEnd = at + nodeHeaderBytes + body.readUInt16LE(at + 6)
  const isBig = isLeaf && nodeFlags === bigFlag
  if (isLeaf && nodeFlags !== 0 && !isBig) throw new Damage(`page ${number} has a node of another kind`)
  const end = isLeaf ? keyEnd + (isBig ? longValueBytes : low) : keyEnd
  if (outside(end)) throw new Damage(`page ${number} has a node outside of its bounds`)
  return {
    key: body.subarray(at + nodeHeaderBytes, keyEnd),
    child: low + nodeFlags * 2 ** 32,
    data: isBig ? readLongValue(body, keyEnd, low) : body.subarray(keyEnd, end),
  }
}

function readLongValue(body: Buffer, at: number, bytes: number): LongValue {
  const [page, pages] = [integer(body, at), integer(body, at + 16)]
  if (headerBytes + bytes > pages * pageBytes)
    throw new Damage(`the value on page ${page} is longer than its pages`)
  return { page, pages, bytes }
}
