// Before LMDB maps the file: LMDB trusts what it reads, and a damaged page would end the process, or be written over
// the data of others. So each page that can be reached is looked at: it is what its place says, what it points to is in
// the file, its keys ascend between those above it, and no page has two uses. What values hold, their checksums say.

import { closeSync, openSync, readSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import { Damage } from './damage.ts'
import { freePages } from './free-list.ts'
import { headerBytes, type Meta, newerMeta, pageBytes, type Tree } from './meta.ts'
import { checkOverflowPage, type Key, type LongValue, TreePage } from './page.ts'

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
  readonly from: Key | null
  readonly below: Key | null
}

interface Counts {
  branchPages: number
  leafPages: number
  overflowPages: number
  entries: number
}

/** Below 0: `a` comes before `b`. */
type Compare = (a: Key, b: Key) => number

class PageCheck {
  readonly #descriptor: number
  /** For one page after the other, and for one long value after the other. */
  readonly #page = Buffer.allocUnsafe(pageBytes)
  #value = Buffer.alloc(0)
  readonly #meta: Meta
  /** By number: whether the page has a use. */
  readonly #used: Uint8Array

  constructor(descriptor: number) {
    this.#descriptor = descriptor
    const metas = this.#read(Buffer.allocUnsafe(2 * pageBytes), 0)
    this.#meta = newerMeta(metas.subarray(0, pageBytes), metas.subarray(pageBytes))
    const { lastPage } = this.#meta
    if (!(lastPage < 2 ** 32)) throw new Damage(`its last page is said to be ${lastPage}`)
    this.#used = new Uint8Array(lastPage + 1).fill(1, 0, 2)
  }

  async check(): Promise<void> {
    await this.#walk(this.#meta.main, compareBytes, null)
    await this.#walk(this.#meta.free, compareNumbers, (value) => {
      for (const page of freePages(value)) this.#use(page)
    })
  }

  /** Keys ascend: a log that was written page after page is read so, too. */
  async #walk(tree: Tree, compare: Compare, value: ((bytes: Buffer) => void) | null): Promise<void> {
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
    const isLeaf = depth === depthMax
    // The keys of a branch bound those below.
    const bytes = this.#read(isLeaf ? this.#page : Buffer.allocUnsafe(pageBytes), number)
    const page = new TreePage(bytes, number, this.#meta.transaction)
    if (page.isLeaf !== isLeaf) throw new Damage(`page ${number} is not at its depth in the tree`)
    return page
  }

  #branch(page: TreePage, { depth, from, below }: Place, counts: Counts, places: Place[]): void {
    counts.branchPages += 1
    for (let i = page.count - 1; i >= 0; i--)
      places.push({
        ...{ page: page.child(i), depth: depth + 1 },
        from: i === 0 ? from : page.key(i),
        below: i === page.count - 1 ? below : page.key(i + 1),
      })
  }

  #leaf(page: TreePage, counts: Counts, value: ((bytes: Buffer) => void) | null): void {
    counts.leafPages += 1
    counts.entries += page.count
    for (let i = 0; i < page.count; i++) {
      const long = page.longValue(i)
      if (long === null) value?.(page.data(i))
      else {
        const bytes = this.#longValue(long, counts)
        value?.(bytes)
      }
    }
  }

  #longValue({ page, pages, bytes }: LongValue, counts: Counts): Buffer {
    for (let number = page; number < page + pages; number++) this.#use(number)
    counts.overflowPages += pages
    if (this.#value.length < pages * pageBytes) this.#value = Buffer.allocUnsafe(pages * pageBytes)
    const all = this.#read(this.#value.subarray(0, pages * pageBytes), page)
    checkOverflowPage(all, page, this.#meta.transaction, pages)
    return all.subarray(headerBytes, headerBytes + bytes)
  }

  #use(page: number): void {
    if (!(page < this.#used.length)) throw new Damage(`something leads to page ${page}, which there is not`)
    if (this.#used[page] === 1) throw new Damage(`page ${page} has two uses`)
    this.#used[page] = 1
  }

  /** Fills `bytes` with what the file has from this page on. */
  #read(bytes: Buffer, page: number): Buffer {
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
function checkKeys(page: TreePage, { from, below }: Place, compare: Compare): void {
  let last = from
  for (let i = page.isLeaf ? 0 : 1; i < page.count; i++) {
    const key = page.key(i)
    const ascends = last === null || compare(last, key) < (last === from ? 1 : 0)
    if (!ascends || (below !== null && compare(key, below) >= 0))
      throw new Damage(`the keys of page ${page.number} do not ascend`)
    last = key
  }
}

/** In place: to cut the keys out for `Buffer.compare` takes longer than to compare them. */
function compareBytes(a: Key, b: Key): number {
  const length = Math.min(a.to - a.from, b.to - b.from)
  for (let i = 0; i < length; i++) {
    const difference = (a.bytes[a.from + i] as number) - (b.bytes[b.from + i] as number)
    if (difference !== 0) return difference
  }
  return a.to - a.from - (b.to - b.from)
}

/** The keys of the tree of free pages are numbers. */
function compareNumbers(a: Key, b: Key): number {
  return Number(numberOf(a) - numberOf(b))
}

function numberOf({ bytes, from, to }: Key): bigint {
  if (to - from !== 8) throw new Damage('its list of free pages has a key that is no number')
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, 8).readBigUInt64LE()
}
