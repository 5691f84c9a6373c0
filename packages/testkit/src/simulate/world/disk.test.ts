// What a disk does with writes while it is slow, full, or its process dies.

import type { StorageRecord } from '@quorate/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Disk } from './disk.ts'
import { DiskJournal } from './disk-journal.ts'
import { Environment } from './environment.ts'
import { denseFaults, drawTraits } from './faults.ts'

/** A disk with so many writes given, and their outcomes. */
function diskWith(
  count: number,
  seed = 1,
  journal?: DiskJournal,
): { disk: Disk; environment: Environment; outcomes: string[] } {
  const environment = new Environment(drawTraits(denseFaults, 1), 0)
  environment.random.restart(seed)
  const disk = new Disk(environment, journal)
  disk.open()
  const outcomes: string[] = []
  for (let number = 1; number <= count; number++) {
    const done = (error?: Error) => outcomes.push(error === undefined ? `${number}` : `${number} failed`)
    disk.write({ record: { commit: number } as StorageRecord }, done)
  }
  return { disk, environment, outcomes }
}

function tell(written: ReturnType<Disk['complete']>): void {
  for (const { done, error } of written) done(error)
}

test('writes are done in order, and are there from then on', () => {
  const { disk, outcomes } = diskWith(3)
  tell(disk.complete(2))
  assert.equal(outcomes, ['1', '2'])
  assert.is(disk.open()?.record.commit, 2)
})

test('of what was not done a crash keeps the first few, sometimes none, sometimes all', () => {
  const found = new Set<number | undefined>()
  for (let seed = 0; seed < 50; seed++) {
    const { disk } = diskWith(3, seed)
    tell(disk.complete(1))
    disk.crash()
    found.add(disk.open()?.record.commit)
    assert.ok(disk.idle)
  }
  assert.equal([...found].sort(), [1, 2, 3])
})

test('a slow disk does nothing until its time has come', () => {
  const { disk, environment } = diskWith(1)
  disk.slowUntilUs = 10
  assert.equal(disk.complete(1), [])
  environment.nowUs = 10
  assert.is(disk.complete(1).length, 1)
})

test('after one error only errors follow, and nothing more is written, room or not', () => {
  const { disk, outcomes } = diskWith(3)
  tell(disk.complete(1))
  disk.full = true
  tell(disk.complete(1))
  disk.mend()
  tell(disk.complete(1))
  assert.equal(outcomes, ['1', '2 failed', '3 failed'])
  assert.ok((disk.open()?.record.commit ?? 0) < 3)
})

test('the next process writes again; a lost disk is empty', () => {
  const { disk, outcomes } = diskWith(1)
  disk.full = true
  tell(disk.complete(1))
  disk.mend()
  disk.open()
  disk.write({ record: { commit: 9 } as StorageRecord }, () => outcomes.push('9'))
  tell(disk.complete(1))
  assert.equal(outcomes, ['1 failed', '9'])
  disk.wipe()
  assert.is(disk.open(), null)
})

test('a list that its writer uses on is written as it was', () => {
  const { disk } = diskWith(1)
  const append = [{ chain: 1 }] as never[]
  disk.write({ append }, () => {})
  append.length = 0
  disk.complete(2)
  assert.is(disk.open()?.entries.length, 1)
})

test('a journal has what each process gave, what was done at a time, what was kept, and that all was lost', () => {
  for (let seed = 0; seed < 20; seed++) {
    const journal = new DiskJournal()
    const { disk } = diskWith(5, seed, journal)
    disk.complete(2)
    disk.complete(1)
    disk.crash()
    const stored = disk.open()
    disk.wipe()
    const [first, second] = journal.lives
    assert.equal(
      first?.writes.map(({ record }) => record?.commit),
      [1, 2, 3, 4, 5],
    )
    assert.equal(first?.done, [2, 3])
    assert.is(first?.kept, stored?.record.commit)
    assert.equal(second, { stored, writes: [], done: [], kept: 0, isLost: true })
  }
})

test('a write that failed and is there all the same was kept, and not done', () => {
  const kept = new Set<number | undefined>()
  for (let seed = 0; seed < 20; seed++) {
    const journal = new DiskJournal()
    const { disk } = diskWith(2, seed, journal)
    disk.full = true
    disk.complete(2)
    disk.crash()
    assert.equal(journal.lives[0]?.done, [])
    kept.add(journal.lives[0]?.kept)
  }
  assert.equal([...kept].sort(), [0, 1])
})

test.run()
