// Each thing that is looked at, damaged by itself: where what is wrong is known, so is what is said of it.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { openLmdbStorage } from '../open-storage.ts'
import { entries, owner, record, type TestFolder, testFolder, written } from '../storage.test-support.ts'
import { checkPages } from './check-pages.ts'
import { Damage } from './damage.ts'
import { headerBytes, newerMeta, pageBytes } from './meta.ts'

interface Context {
  readonly folder: TestFolder
  readonly file: string
  /** As it was written. */
  readonly bytes: Buffer
}

const test = suite<Context>('check of pages')

/** A branch above many leaves, long values, and free pages. */
async function writeSome({ path }: TestFolder): Promise<void> {
  const storage = await openLmdbStorage({ path })
  await written(storage, { owner, record: record(0) })
  const log = entries(1000)
  for (let i = 0; i < log.length; i += 50) await written(storage, { append: log.slice(i, i + 50) })
  for (const place of [0, 1, 2])
    await written(storage, { part: { offset: place * 9000, bytes: new Uint8Array(9000) } })
  await storage.close()
}

test.before(async (context) => {
  const folder = testFolder()
  await writeSome(folder)
  const file = join(folder.path, 'storage/data.mdb')
  Object.assign(context, { folder, file, bytes: readFileSync(file) })
})

test.after(({ folder }) => folder.remove())

/** The pages of a file, to be damaged. */
class Pages {
  readonly bytes: Buffer

  constructor(bytes: Buffer) {
    this.bytes = Buffer.from(bytes)
  }

  /** Of the newer of the two first. */
  get meta(): Buffer {
    const [first, second] = [this.page(0), this.page(1)] as const
    return (newerMeta(first, second).transaction % 2 === 0 ? first : second).subarray(headerBytes)
  }

  page(number: number): Buffer {
    return this.bytes.subarray(number * pageBytes, (number + 1) * pageBytes)
  }

  /** The main tree's: a branch. */
  get root(): Buffer {
    return this.page(Number(this.meta.readBigUInt64LE(72 + 40)))
  }

  /** The free pages' tree: a leaf. */
  get free(): Buffer {
    return this.page(Number(this.meta.readBigUInt64LE(24 + 40)))
  }

  /** Below the root. */
  leaf(place: number): Buffer {
    return this.page(this.root.readUInt32LE(nodeAt(this.root, place)))
  }

  /** A leaf's node that leads to a long value. */
  get longNode(): { readonly leaf: Buffer; readonly at: number } {
    for (let place = 0; place < countOf(this.root); place++) {
      const leaf = this.leaf(place)
      for (let node = 0; node < countOf(leaf); node++) {
        const at = nodeAt(leaf, node)
        if (leaf.readUInt16LE(at + 4) === 1) return { leaf, at }
      }
    }
    throw new Error('There is no long value')
  }
}

const countOf = (page: Buffer): number => page.readUInt16LE(20) / 2

const nodeAt = (page: Buffer, place: number): number =>
  headerBytes + page.readUInt16LE(headerBytes + 2 * place)

/** Of the number of a long value's first page. */
const valueAt = ({ leaf, at }: Pages['longNode']): number => at + 8 + leaf.readUInt16LE(at + 6)

function swapNodes(page: Buffer, first: number): void {
  const at = headerBytes + 2 * first
  const node = page.readUInt16LE(at)
  page.writeUInt16LE(page.readUInt16LE(at + 2), at)
  page.writeUInt16LE(node, at + 2)
}

function add(bytes: Buffer, at: number, difference: number): void {
  bytes.writeUInt16LE(bytes.readUInt16LE(at) + difference, at)
}

const damages: readonly [what: string, damage: (pages: Pages) => void, said: RegExp][] = [
  ['keys of a leaf in another order', (pages) => swapNodes(pages.leaf(1), 2), /do not ascend/],
  [
    'the first key of a leaf below its bound',
    (pages) => {
      const leaf = pages.leaf(2)
      leaf.fill(0, nodeAt(leaf, 0) + 8, nodeAt(leaf, 0) + 12)
    },
    /do not ascend/,
  ],
  [
    'the last key of a leaf at its bound',
    (pages) => {
      const leaf = pages.leaf(1)
      leaf.fill(0xff, nodeAt(leaf, countOf(leaf) - 1) + 8, nodeAt(leaf, countOf(leaf) - 1) + 12)
    },
    /do not ascend/,
  ],
  ['keys of a branch in another order', (pages) => swapNodes(pages.root, 1), /do not ascend/],
  ['a node in the room that is free', (pages) => pages.leaf(1).writeUInt16LE(0, headerBytes), /outside/],
  ['a node behind the page', (pages) => pages.leaf(1).writeUInt16LE(pageBytes, headerBytes), /outside/],
  ['a key that is too long', (pages) => add(pages.leaf(1), nodeAt(pages.leaf(1), 0) + 6, 4096), /outside/],
  ['a value that is too long', (pages) => add(pages.leaf(1), nodeAt(pages.leaf(1), 0) + 2, 1), /outside/],
  [
    'a key of a branch that is too long',
    (pages) => add(pages.root, nodeAt(pages.root, 1) + 6, 4096),
    /outside/,
  ],
  [
    'a node of another kind',
    (pages) => pages.leaf(1).writeUInt16LE(2, nodeAt(pages.leaf(1), 0) + 4),
    /another kind/,
  ],
  ['bounds that cross', (pages) => pages.leaf(1).writeUInt16LE(0, 22), /bounds/],
  ['bounds within a number', (pages) => add(pages.leaf(1), 20, -1), /bounds/],
  ['a page that is another', (pages) => add(pages.leaf(1), 0, 1), /belongs is another/],
  ['a page that is newer than all', (pages) => add(pages.leaf(1), 12, 1), /newer than the newest/],
  ['a page of another kind', (pages) => pages.leaf(1).writeUInt16LE(4, 18), /no page of a tree/],
  ['a branch among leaves', (pages) => pages.leaf(1).writeUInt16LE(1, 18), /depth|outside/],
  ['a tree that is said to be deeper', (pages) => add(pages.meta, 72 + 6, 1), /depth/],
  [
    'two ways to a page',
    (pages) => {
      pages.root.writeUInt32LE(pages.root.readUInt32LE(nodeAt(pages.root, 1)), nodeAt(pages.root, 2))
    },
    /two uses/,
  ],
  [
    'a way to a page that there is not',
    (pages) => add(pages.root, nodeAt(pages.root, 1) + 4, 1),
    /there is not/,
  ],
  ['another number of entries', (pages) => add(pages.meta, 72 + 32, 1), /entries, and is said/],
  ['another number of leaves', (pages) => add(pages.meta, 72 + 16, 1), /leafPages, and is said/],
  ['another number of long values', (pages) => add(pages.meta, 72 + 24, 1), /overflowPages, and is said/],
  [
    'a long value on fewer pages than it needs',
    ({ longNode }) => {
      longNode.leaf.writeUInt16LE(1, valueAt(longNode) + 16)
    },
    /longer than its pages/,
  ],
  [
    'a long value on more pages than it has',
    ({ longNode }) => add(longNode.leaf, valueAt(longNode) + 16, 1),
    /first of a long value|two uses|there is not/,
  ],
  [
    'a long value that is elsewhere',
    ({ longNode }) => add(longNode.leaf, valueAt(longNode), 1),
    /belongs is another|two uses/,
  ],
  [
    'a list of free pages that is too long',
    ({ free }) => {
      const at = nodeAt(free, 0)
      free.writeUInt16LE(0x1000, at + 8 + free.readUInt16LE(at + 6))
    },
    /no length that fits/,
  ],
  ['keys of free pages in another order', ({ free }) => swapNodes(free, 0), /do not ascend/],
]

test('the file as it was written', ({ file }) => checkPages(file))

for (const [what, damage, said] of damages)
  test(what, async ({ file, bytes }) => {
    const pages = new Pages(bytes)
    damage(pages)
    writeFileSync(file, pages.bytes)
    try {
      const error = await checkPages(file).catch((thrown: unknown) => thrown)
      assert.instance(error, Damage)
      assert.match((error as Damage).message, said)
    } finally {
      writeFileSync(file, bytes)
    }
  })

test.run()
