// The two pages that lead to all others: transactions write them in turn, and the newer one counts. LMDB's own structs
// (MDB_meta, MDB_db), on machines that put the lowest byte first.

import { Damage } from './damage.ts'

export const pageBytes = 4096

/** Of each page: number, transaction, flags, and where its free room begins and ends. */
export const headerBytes = 24

/** One of LMDB's trees. */
export interface Tree {
  readonly depth: number
  readonly branchPages: number
  readonly leafPages: number
  readonly overflowPages: number
  readonly entries: number
  /** `null`: it is empty. */
  readonly root: number | null
}

export interface Meta {
  readonly free: Tree
  readonly main: Tree
  readonly lastPage: number
  readonly transaction: number
}

const magic = 0xbeef_c0de
const dataVersion = 2
const metaFlag = 0x08
const noPage = 0xffff_ffff_ffff_ffffn

/** @throws {Damage} */
export function newerMeta(first: Buffer, second: Buffer): Meta {
  const metas = [readMeta(first, 0), readMeta(second, 1)] as const
  const [even, odd] = metas.map(({ transaction }) => transaction) as [number, number]
  // Before the first transaction both say 0. Else what one of them says has been lost, or never was.
  if (Math.abs(even - odd) !== 1 && even + odd > 0)
    throw new Damage(
      `its two first pages are of the transactions ${even} and ${odd}, which do not follow each other`,
    )
  return even > odd ? metas[0] : metas[1]
}

function readMeta(page: Buffer, number: number): Meta {
  const body = page.subarray(headerBytes)
  const fits =
    page.readUInt16LE(18) === metaFlag &&
    body.readUInt32LE(0) === magic &&
    body.readUInt32LE(4) === dataVersion &&
    body.readUInt32LE(24) === pageBytes
  const transaction = integer(body, 128)
  if (!fits || transaction % 2 !== (transaction === 0 ? 0 : number))
    throw new Damage(`page ${number} is none of the two that LMDB begins with`)
  return { free: readTree(body, 24), main: readTree(body, 72), lastPage: integer(body, 120), transaction }
}

function readTree(body: Buffer, at: number): Tree {
  return {
    depth: body.readUInt16LE(at + 6),
    branchPages: integer(body, at + 8),
    leafPages: integer(body, at + 16),
    overflowPages: integer(body, at + 24),
    entries: integer(body, at + 32),
    root: body.readBigUInt64LE(at + 40) === noPage ? null : integer(body, at + 40),
  }
}

/** Of 8 bytes; no safe integer where they are damaged, which is no page's number either. */
export const integer = (bytes: Buffer, at: number): number => Number(bytes.readBigUInt64LE(at))
