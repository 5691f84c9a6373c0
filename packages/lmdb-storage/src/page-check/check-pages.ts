// Before LMDB maps the file: LMDB trusts what it reads, and a damaged page would end the process, or be written over
// the data of others. So each page that can be reached is looked at: it is what its place says, what it points to is in
// the file, its keys ascend between those above it, and no page has two uses. What values hold, their checksums say.

import { closeSync, openSync, readSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { Damage } from './damage.ts'
import { freePages } from './free-list.ts'
import { headerBytes, type Meta, newerMeta, pageBytes, type Tree } from './meta.ts'
import { checkOverflowPage, type LongValue, readTreePage, type TreePage } from './page.ts'

/** Looked at without a pause: other replicas of this process go on. */
const pagesInTurn = 200

/** @throws {Damage} what was found first */
export async function checkPages(file: string): Promise<void> {
  const descriptor = openSync(file, 'r')
  try {
    await new PageCheck(descriptor).check()
  } finally {
    closeSync(descriptor)
  }
}

interface Place {
  readonly page: number
  readonly depth: number
  /** Keys are from here on, and below there; `null`: there is no bound. */
  readonly from: Buffer | null
  readonly below: Buffer | null
}

interface Counts {
  branchPages: number
  leafPages: number
  overflowPages: number
  entries: number
}

class PageCheck {
  readonly #descriptor: number
  readonly #meta: Meta
  /** By number: whether the page has a use. */
  readonly #used: Uint8Array

  constructor(descriptor: number) {
    this.#descriptor = descriptor
    this.#meta = newerMeta(this.#read(0), this.#read(1))
    const { lastPage } = this.#meta
    if (!(lastPage < 2 ** 32)) throw new Damage(`its last page is said to be ${lastPage}`)
    this.#used = new Uint8Array(lastPage + 1).fill(1, 0, 2)
  }

  async check(): Promise<void> {
    await this.#walk(this.#meta.main, Buffer.compare, () => {})
    await this.#walk(this.#meta.free, compareNumbers, (value) => {
      for (const page of freePages(value)) this.#use(page)
    })
  }

  async #walk(
    tree: Tree,
    compare: (a: Buffer, b: Buffer) => number,
    value: (bytes: Buffer) => void,
  ): Promise<void> {
    const counts = { branchPages: 0, leafPages: 0, overflowPages: 0, entries: 0 }
    const places: Place[] = tree.root === null ? [] : [{ page: tree.root, depth: 1, from: null, below: null }]
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      const page = this.#treePage(place, tree.depth)
      checkKeys(page, place, compare)
      if (page.isLeaf) this.#leaf(page, counts, value)
      else this.#branch(page, place, counts, places)
      if ((counts.branchPages + counts.leafPages) % pagesInTurn === 0) await turn()
    }
    for (const [name, count] of Object.entries(counts))
      if (tree[name as keyof Counts] !== count)
        throw new Damage(`a tree has ${count} ${name}, and is said to have ${tree[name as keyof Counts]}`)
  }

  #treePage({ page: number, depth }: Place, depthMax: number): TreePage {
    this.#use(number)
    const page = readTreePage(this.#read(number), number, this.#meta.transaction)
    if (page.isLeaf !== (depth === depthMax))
      throw new Damage(`page ${number} is not at its depth in the tree`)
    return page
  }

  #branch({ nodes }: TreePage, { depth, from, below }: Place, counts: Counts, places: Place[]): void {
    counts.branchPages += 1
    for (const [i, { key, child }] of nodes.entries())
      places.push({
        ...{ page: child, depth: depth + 1 },
        from: i === 0 ? from : key,
        below: nodes[i + 1]?.key ?? below,
      })
  }

  #leaf({ nodes }: TreePage, counts: Counts, value: (bytes: Buffer) => void): void {
    counts.leafPages += 1
    counts.entries += nodes.length
    for (const { data } of nodes) value(Buffer.isBuffer(data) ? data : this.#longValue(data, counts))
  }

  #longValue({ page, pages, bytes }: LongValue, counts: Counts): Buffer {
    for (let number = page; number < page + pages; number++) this.#use(number)
    counts.overflowPages += pages
    const all = this.#read(page, pages)
    checkOverflowPage(all, page, this.#meta.transaction, pages)
    return all.subarray(headerBytes, headerBytes + bytes)
  }

  #use(page: number): void {
    if (!(page < this.#used.length)) throw new Damage(`something leads to page ${page}, which there is not`)
    if (this.#used[page] === 1) throw new Damage(`page ${page} has two uses`)
    this.#used[page] = 1
  }

  #read(page: number, pages = 1): Buffer {
    const bytes = Buffer.allocUnsafe(pages * pageBytes)
    let at = 0
    while (at < bytes.length) {
      const count = readSync(this.#descriptor, bytes, at, bytes.length - at, page * pageBytes + at)
      if (count === 0) throw new Damage(`its file ends before page ${page}`)
      at += count
    }
    return bytes
  }
}

/** Of a branch the first key says nothing. */
function checkKeys(
  { isLeaf, nodes }: TreePage,
  { page, from, below }: Place,
  compare: (a: Buffer, b: Buffer) => number,
): void {
  let last = from
  for (const { key } of isLeaf ? nodes : nodes.slice(1)) {
    const ascends = last === null || compare(last, key) < (last === from ? 1 : 0)
    if (!ascends || (below !== null && compare(key, below) >= 0))
      throw new Damage(`the keys of page ${page} do not ascend`)
    last = key
  }
}

/** The keys of the tree of free pages are numbers. */
function compareNumbers(a: Buffer, b: Buffer): number {
  if (a.length !== 8 || b.length !== 8) throw new Damage('its list of free pages has a key that is no number')
  return Number(a.readBigUInt64LE() - b.readBigUInt64LE())
}
