// What a group that begins with another's state has of it, and what not.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Incarnation, MemoryId } from '../identity.ts'
import { chainAfter } from '../log/chain.ts'
import { type Entry, emptyChain } from '../log/entry.ts'
import type { Stored } from '../ports/storage.ts'
import { type NewHistoryOptions, newHistory } from './new-history.ts'
import { upTo } from './up-to.ts'

const test = suite('a new history')

function ticks(count: number): Entry[] {
  let chain = emptyChain
  return Array.from({ length: count }, (_, i) => {
    const payload = Uint8Array.of(i)
    chain = chainAfter(chain, payload)
    return { body: { type: 'tick', timeMs: i }, payload, chain }
  })
}

const incarnation = 77 as Incarnation
const ballot = { number: 5, nodeid: 2, incarnation }
const memory = 9 as MemoryId

const stored: Stored = {
  owner: { group: 'old', nodeid: 2, machine: 'machine' },
  record: {
    ...{ memory, group: { random: 4, generation: ballot }, blank: true, certain: 2, commit: 1 },
    voters: { nodeids: [1, 2, 3], policy: 'majority' },
    promised: { ...ballot, number: 8 },
    epoch: { ballot, participants: [{ nodeid: 2, pid: 1, incarnation, role: 'voter', memory }] },
  },
  snapshot: null,
  start: { index: 0, chain: emptyChain },
  entries: ticks(3),
}

test('all that is there is committed, nothing was voted, and nobody knows it yet', () => {
  const { owner, record } = newHistory(stored)
  assert.equal(owner, stored.owner)
  assert.equal([record.blank, record.certain, record.commit], [false, 3, 3])
  assert.equal(record.voters, stored.record.voters)
  assert.equal(record.epoch, { ballot: { number: 0, nodeid: 0, incarnation: 0 }, participants: [] })
  assert.equal(record.group?.generation, { number: 0, nodeid: 0, incarnation: 0 })
  assert.is.not(record.memory, memory)
  assert.is.not(record.group?.random, 4)
})

test('two of them are not of one group, and no two memories are one', () => {
  const [a, b] = [newHistory(stored).record, newHistory(stored).record]
  assert.is.not(a.group?.random, b.group?.random)
  assert.is.not(a.memory, b.memory)
})

test('fencing tokens go on behind all that the old group can have given', () => {
  assert.ok(newHistory(stored).record.promised.number > 8 + 1_000_000)
})

test('what is to be otherwise', () => {
  const { owner, record } = newHistory(stored, {
    ...{ group: 'new', nodeid: 6, voters: [6, 4], policy: 'votequorum' },
  })
  assert.equal(owner, { group: 'new', nodeid: 6, machine: 'machine' })
  assert.equal(record.voters, { nodeids: [4, 6], policy: 'votequorum' })
})

for (const [options, words] of [
  [{ nodeid: 4 }, /will be that of node 4, which is none of the voters 1,2,3/],
  [{ voters: [1, 3] }, /of node 2, which is none of the voters 1,3/],
  [{ voters: [] }, /voters is empty/],
  [{ voters: [2, 2] }, /names node 2 twice/],
  [{ policy: 'most' }, /policy must be 'majority' or 'votequorum', and is most/],
  [{ group: '' }, /name is empty/],
] as const) {
  test(`${JSON.stringify(options)} is refused`, () => {
    assert.throws(() => newHistory(stored, options as unknown as NewHistoryOptions), words)
  })
}

test('with nothing no group begins', () => {
  assert.throws(() => newHistory({ ...stored, entries: [] }), /there is nothing to begin a group with/)
})

test('up to an index: no more is there, nor known to be committed', () => {
  const cut = upTo(stored, 1)
  assert.equal(cut.entries, stored.entries.slice(0, 1))
  assert.equal([cut.record.certain, cut.record.commit], [1, 1])
  assert.equal(upTo(stored, 3), stored)
  assert.throws(() => upTo(stored, 4), /the last entry here is 3, and 4 is asked for/)
  const snapshot = { index: 2, chain: emptyChain, pieces: [] }
  assert.throws(() => upTo({ ...stored, snapshot }, 1), /the oldest state here is that of index 2/)
  assert.is(upTo({ ...stored, snapshot }, 2).entries.length, 2)
})

test.run()
