import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Incarnation, MemoryId, Process } from '../identity.ts'
import type { Participant } from '../log/entry.ts'
import { noBallot } from '../wire/ballot.ts'
import { isDigestIndex, onDigest, onOwnDigest } from './digests.ts'
import { defaultLimits, defaultTimeouts } from './options.ts'
import { State } from './state.ts'

const test = suite('state digests')

const group = { random: 99, generation: noBallot }

/** Node 1 of three voters, in a group. */
function replica(): State {
  const versions = { lowest: 1, highest: 1 }
  const state = new State({
    self: { nodeid: 1, pid: 10, incarnation: 1 as Incarnation },
    role: 'voter',
    voters: { nodeids: [1, 2, 3], policy: 'majority' },
    votersFromNodeList: false,
    memory: 1 as MemoryId,
    protocolVersions: versions,
    machineVersions: versions,
    wallOffsetMs: 0,
    timeouts: defaultTimeouts,
    limits: defaultLimits,
    messageBytesMax: Number.POSITIVE_INFINITY,
    stored: null,
    fault: null,
  })
  state.group = group
  state.epoch = { ballot: noBallot, participants: [1, 2, 3].map((nodeid) => voter(nodeid, nodeid)) }
  state.view = { number: 1, members: [], ring: { nodeid: 1, seq: 1n }, nodeids: [1, 2, 3] }
  return state
}

/** Of the epoch: the incarnation of its process is its node id at first. */
const voter = (nodeid: number, incarnation: number): Participant => ({
  ...{ nodeid, pid: 10, role: 'voter' },
  ...{ incarnation: incarnation as Incarnation, memory: nodeid as MemoryId },
})

function hears(state: State, nodeid: number, index: number, digest: number, from = group): void {
  hearsProcess(state, { nodeid, pid: 10, incarnation: nodeid as Incarnation }, index, digest, from)
}

function hearsProcess(state: State, sender: Process, index: number, digest: number, from = group): void {
  onDigest(state, sender, { type: 'digest', group: from, index, digest })
}

const own = (state: State, index: number, digest: number): void =>
  onOwnDigest(state, { type: 'digest', index, digest })

test('the own digest is told to all', () => {
  const state = replica()
  own(state, 5, 7)
  assert.equal(state.outputs, [{ type: 'send', message: { type: 'digest', group, index: 5, digest: 7 } }])
})

test('a replica that differs from a majority stops, and names the range', () => {
  const state = replica()
  own(state, 5, 7)
  hears(state, 2, 5, 7)
  own(state, 9, 1)
  hears(state, 2, 9, 2)
  assert.is(state.stopped, false)
  hears(state, 3, 9, 2)
  assert.is(state.stopped, true)
  const told = state.outputs.filter(({ type }) => type !== 'send')
  assert.equal(told[0], { type: 'notice', notice: { notice: 'diverged', after: 5, index: 9 } })
  assert.is(told[1]?.type === 'stop' && told[1].reason, 'diverged')
})

test('what the others said before the own state was there counts as well', () => {
  const state = replica()
  hears(state, 2, 9, 2)
  hears(state, 3, 9, 2)
  own(state, 9, 1)
  assert.is(state.stopped, true)
})

test('the majority goes on when another differs; without a majority nobody stops', () => {
  const state = replica()
  own(state, 9, 2)
  hears(state, 2, 9, 2)
  hears(state, 3, 9, 1)
  own(state, 10, 1)
  hears(state, 2, 10, 2)
  hears(state, 3, 10, 3)
  assert.is(state.stopped, false)
  assert.is(state.agreedIndex, 9)
})

test('neither a learner nor another group is a vote', () => {
  const state = replica()
  own(state, 9, 1)
  hears(state, 2, 9, 2)
  hears(state, 4, 9, 2)
  hears(state, 3, 9, 2, { ...group, random: 98 })
  assert.is(state.stopped, false)
})

test('who goes on in a history that was forced is no vote for one who has not heard of it yet', () => {
  const state = replica()
  own(state, 9, 1)
  const forced = { ...group, generation: { number: 4, nodeid: 2, incarnation: 2 as Incarnation } }
  for (const nodeid of [2, 3]) hears(state, nodeid, 9, 2, forced)
  assert.is(state.stopped, false)
})

test("a learner on a voter's node does not speak for it", () => {
  const state = replica()
  const learner: Participant = { ...voter(2, 20), pid: 11, role: 'learner' }
  state.epoch = { ...state.epoch, participants: [...state.epoch.participants, learner] }
  own(state, 9, 1)
  hears(state, 2, 9, 2)
  hearsProcess(state, learner, 9, 1)
  hearsProcess(state, { nodeid: 1, pid: 11, incarnation: 21 as Incarnation }, 9, 1)
  hears(state, 3, 9, 2)
  assert.is(state.stopped, true)
})

test('nor does the former life of a voter, also of this one', () => {
  const state = replica()
  own(state, 9, 1)
  for (const nodeid of [1, 2]) {
    hearsProcess(state, { nodeid, pid: 9, incarnation: (10 + nodeid) as Incarnation }, 9, 2)
  }
  hears(state, 3, 9, 2)
  assert.is(state.stopped, false)
  hears(state, 2, 9, 1)
  assert.is(state.agreedIndex, 9)
})

test('a voter that began anew speaks for its node when an INSTALL lists it', () => {
  const state = replica()
  state.epoch = { ...state.epoch, participants: [voter(1, 1), voter(2, 12), voter(3, 3)] }
  own(state, 9, 1)
  hears(state, 2, 9, 1)
  hearsProcess(state, { nodeid: 2, pid: 10, incarnation: 12 as Incarnation }, 9, 2)
  hears(state, 3, 9, 2)
  assert.is(state.stopped, true)
})

test('what was said long ago is forgotten', () => {
  const state = replica()
  for (let index = 1; index <= 100; index++) own(state, index, index)
  assert.ok(state.digests.size <= 16)
})

test('digests are taken at VIEW entries, at intervals, and where a minute of cluster time begins', () => {
  const tick = { type: 'tick', timeMs: 0 } as const
  assert.is(isDigestIndex(16_384, tick, 1, 2), true)
  assert.is(isDigestIndex(16_385, tick, 1, 59_999), false)
  assert.is(isDigestIndex(16_385, tick, 59_999, 60_000), true)
  assert.is(isDigestIndex(16_385, tick, 59_999, 600_001), true)
})

test('who hears another digest than its own says its own once more, for whoever has missed it', () => {
  const state = replica()
  own(state, 9, 1)
  state.outputs = []
  hears(state, 2, 9, 1)
  assert.equal(state.outputs, [])
  for (const nodeid of [4, 3, 3]) hears(state, nodeid, 9, 2)
  assert.equal(state.outputs, [{ type: 'send', message: { type: 'digest', group, index: 9, digest: 1 } }])
})

test.run()
