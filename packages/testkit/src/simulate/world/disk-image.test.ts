// What a disk holds after writes of the storage port.

import type { StorageRecord, StorageWrite, Stored } from '@quorate/core'
import { defineMachine, ReplicatedState } from '@quorate/core/simulation'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { DiskImage } from './disk-image.ts'

type Entry = NonNullable<StorageWrite['append']>[number]

const position = (index: number) => ({ index, chain: index * 10 }) as unknown as Stored['start']
const entriesTo = (...indexes: number[]) =>
  indexes.map((index) => ({ chain: index * 10 }) as unknown as Entry)
const machine = defineMachine({ name: 'none', version: 1, initial: () => ({}), reducers: {} })
const bytes = new ReplicatedState(machine).snapshot()
const parts = [
  { part: { offset: 0, bytes: bytes.subarray(0, 9) } },
  { part: { offset: 9, bytes: bytes.subarray(9) } },
]
const record = { commit: 1 } as StorageRecord

function imageAfter(...writes: StorageWrite[]): DiskImage {
  const image = new DiskImage(position(0))
  for (const write of [{ record }, ...writes]) image.apply(write)
  return image
}

function assertHolds(image: DiskImage, start: number, ...indexes: number[]): void {
  const stored = image.load()
  assert.equal(stored?.start, position(start))
  assert.equal(stored?.entries, entriesTo(...indexes))
}

test('before the first record there is nothing', () => {
  assert.is(new DiskImage(position(0)).load(), null)
  assert.is(imageAfter().load()?.record, record)
})

test('entries are appended behind what is left of the log', () => {
  assertHolds(imageAfter({ append: entriesTo(1, 2, 3) }, { truncate: 1, append: entriesTo(2) }), 0, 1, 2)
})

test('entries that are forgotten leave their position', () => {
  assertHolds(imageAfter({ append: entriesTo(1, 2, 3) }, { forget: 2 }), 2, 3)
  assertHolds(imageAfter({ append: entriesTo(1, 2) }, { forget: 0 }), 0, 1, 2)
})

test('a snapshot leaves the log, a new beginning replaces it', () => {
  const image = imageAfter({ append: entriesTo(1, 2, 3) }, ...parts, { snapshot: position(7) })
  assertHolds(image, 0, 1, 2, 3)
  image.apply({ begin: position(7), append: entriesTo(8) })
  assertHolds(image, 7, 8)
  assert.is(image.load()?.snapshot?.bytes, bytes.length)
})

test('what is set aside is gone, and the log begins from nothing', () => {
  const image = imageAfter(...parts, { begin: position(7), snapshot: position(7), append: entriesTo(8) })
  image.apply({ setAside: true, record, append: entriesTo(1, 2) })
  assertHolds(image, 0, 1, 2)
  assert.is(image.load()?.snapshot, null)
})

test('what was loaded does not change with later writes', () => {
  const image = imageAfter({ append: entriesTo(1) })
  const stored = image.load()
  image.apply({ append: entriesTo(2) })
  assert.equal(stored?.entries, entriesTo(1))
})

test('a write that would leave a gap is refused', () => {
  assert.throws(() => imageAfter({ truncate: 1 }), /truncate: 1, but the stored log ends at 0/)
  assert.throws(() => imageAfter({ begin: position(4) }, { truncate: 3 }), /begins behind 4/)
  assert.throws(() => imageAfter(...parts.slice(1)), /part: it lies at 9, but 0 bytes came before it/)
  assert.throws(() => imageAfter({ snapshot: position(7) }), /no part of it has come/)
})

test.run()
