// Whether a view may go on, against twins that read the rules one by one (R5.20, R5.21, R5.23). Exhaustive for three
// voters (majority) and two (votequorum) in each of the states that the rules tell apart.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Incarnation, MemoryId, RingId } from '../../identity.ts'
import type { Participant } from '../../log/entry.ts'
import { noBallot } from '../../wire/ballot.ts'
import type { QuorumPolicy } from '../../wire/group.ts'
import type { PromiseMessage } from '../../wire/messages.ts'
import type { Promised } from './choose-log.ts'
import { type Attendance, judge } from './primary.ts'

const test = suite('primary')
const ring: RingId = { nodeid: 1, seq: 5n }
const otherRing: RingId = { nodeid: 1, seq: 4n }
const newest = { number: 9, nodeid: 1, incarnation: 1 as Incarnation }
const older = { ...newest, number: 8 }

/** How a voter may be here; `listed`: blank, but under the memory with which the newest epoch lists it. */
type Presence = 'absent' | 'blank' | 'listed' | 'older' | 'newest'
const presences: readonly Presence[] = ['absent', 'blank', 'listed', 'older', 'newest']

function listsOf<T>(values: readonly T[], length: number): T[][] {
  if (length === 0) return [[]]
  return listsOf(values, length - 1).flatMap((list) => values.map((value) => [...list, value]))
}

const memoryOf = (nodeid: number): MemoryId => (nodeid * 10) as MemoryId

const participant = (nodeid: number): Participant => ({
  nodeid,
  pid: 1,
  incarnation: nodeid as Incarnation,
  role: 'voter',
  memory: memoryOf(nodeid),
})

function promised(
  nodeid: number,
  presence: Presence,
  participants: readonly Participant[],
  more: Partial<PromiseMessage> = {},
): Promised[] {
  if (presence === 'absent') return []
  const blank = presence === 'blank' || presence === 'listed'
  const ballot = blank ? noBallot : presence === 'older' ? older : newest
  const promise = {
    ...{ role: 'voter', blank, memory: presence === 'blank' ? 1 : memoryOf(nodeid) },
    epoch: { ballot, participants: blank ? [] : participants },
    ...{ fenced: [], adoptedHere: false, sawCommit: false, quorum: { quorate: true, ring } },
    ...more,
  }
  return [{ nodeid, promise: promise as unknown as PromiseMessage }]
}

function attendance(
  policy: QuorumPolicy,
  nodeids: readonly number[],
  voters: readonly Promised[],
): Attendance {
  const here = voters.map(({ nodeid }) => nodeid)
  const set = { nodeids, policy }
  return { set, voters, all: voters, silent: [], groupKnown: false, ring, nodeids: here, fault: null }
}

test('policy majority', () => {
  const nodeids = [1, 2, 3]
  const participants = nodeids.map(participant)
  for (const list of listsOf(presences, 3)) {
    const voters = list.flatMap((presence, i) => promised(i + 1, presence, participants))
    const { primary } = judge(attendance('majority', nodeids, voters))
    const everybody = !list.includes('absent')
    const isShown = list.includes('newest') || list.includes('older')
    const remember = list.filter((presence) => presence !== 'absent' && presence !== 'blank').length
    const expected = everybody || (isShown && remember >= 2)
    assert.is(primary, expected ? 'yes' : 'no', `${list}`)
  }
})

test('a group begins with every voter, and when nobody knows better', () => {
  for (const list of listsOf<Presence>(['absent', 'blank'], 3)) {
    for (const silent of [[], [4]]) {
      for (const groupKnown of [false, true]) {
        const voters = list.flatMap((presence, i) => promised(i + 1, presence, []))
        const verdict = judge({ ...attendance('majority', [1, 2, 3], voters), silent, groupKnown })
        const expected = !list.includes('absent') && silent.length === 0 && !groupKnown
        assert.is(verdict.primary === 'yes' && verdict.bootstrap, expected, `${list} ${silent} ${groupKnown}`)
      }
    }
  }
})

/** All that is asked of a voter under the policy votequorum. */
interface Asked {
  readonly presence: Presence
  readonly quorate: boolean
  readonly ofThisRing: boolean
  readonly adoptedHere: boolean
  readonly sawCommit: boolean
  readonly reportsFenced: boolean
}

const bools = [false, true]

function allAsked(): Asked[] {
  const states = presences.flatMap((presence) =>
    listsOf(bools, 5).map(([quorate, ofThisRing, adoptedHere, sawCommit, reportsFenced]) => ({
      ...{ presence, quorate: quorate === true, ofThisRing: ofThisRing === true },
      ...{ adoptedHere: adoptedHere === true, sawCommit: sawCommit === true },
      reportsFenced: reportsFenced === true,
    })),
  )
  const isAway = ({ presence }: Asked): boolean => presence === 'absent'
  return [...states.filter((state) => !isAway(state)), ...states.filter(isAway).slice(0, 1)]
}

function promisedAs(nodeid: number, asked: Asked, participants: readonly Participant[]): Promised[] {
  const { presence, quorate, ofThisRing, adoptedHere, sawCommit, reportsFenced } = asked
  const other = (3 - nodeid) as Incarnation
  return promised(nodeid, presence, participants, {
    ...{ adoptedHere, sawCommit, fenced: reportsFenced ? [other] : [] },
    quorum: { quorate, ring: ofThisRing ? ring : otherRing },
  })
}

/** R5.21 for two voters that the newest epoch both lists, sentence by sentence. */
function twinOfVotequorum(pair: readonly Asked[]): boolean {
  const here = pair.filter(({ presence }) => presence !== 'absent')
  if (!here.every(({ quorate, ofThisRing }) => quorate && ofThisRing)) return false
  const remembering = here.filter(({ presence }) => presence === 'newest' || presence === 'older')
  if (remembering.length === 0) return here.length === 2
  if (here.length === 2) return true
  const [only] = here as [Asked]
  const { adoptedHere, sawCommit, reportsFenced } = only
  return adoptedHere && sawCommit && reportsFenced
}

test('policy votequorum, two voters', () => {
  const participants = [1, 2].map(participant)
  const states = allAsked()
  for (const first of states) {
    for (const second of states) {
      const pair = [first, second]
      const voters = pair.flatMap((asked, i) => promisedAs(i + 1, asked, participants))
      if (voters.length === 0) continue
      const { primary } = judge(attendance('votequorum', [1, 2], voters))
      const expected = twinOfVotequorum(pair) ? 'yes' : 'no'
      if (primary !== expected) assert.is(primary, expected, JSON.stringify(pair))
    }
  }
})

test('policy votequorum: a voter node of the ring that does not participate', () => {
  const voters = promised(1, 'newest', [participant(1)])
  const alone = attendance('votequorum', [1, 2], voters)
  assert.is(judge(alone).primary, 'yes')
  assert.is(judge({ ...alone, nodeids: [1, 2] }).primary, 'no')
})

test.run()
