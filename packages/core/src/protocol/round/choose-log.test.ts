// chooseLog against a twin that knows logs as words and counts by trying all sets of voters (section 6).
//
// Exhaustive: three voters, all participants of the epoch; each is absent, or here with another memory, or here with any
// log of at most three entries of two contents and any commit ≤ certain ≤ possible ≤ its length; in any order of the
// voters, which plays no role. And with logs of at most two entries: one voter that is no participant, and a learner
// with any log and any commit.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Incarnation, MemoryId } from '../../identity.ts'
import type { Chain, Participant } from '../../log/entry.ts'
import { noBallot } from '../../wire/ballot.ts'
import type { VoterSet } from '../../wire/group.ts'
import type { PromiseMessage } from '../../wire/messages.ts'
import { type Choice, chooseLog, type Promised } from './choose-log.ts'

const test = suite('chooseLog')
const set: VoterSet = { nodeids: [1, 2, 3], policy: 'majority' }
const epoch = { number: 7, nodeid: 1, incarnation: 1 as Incarnation }

/** A voter as the twin sees it. */
interface Voter {
  /** Its log, one letter for each entry; `null`: it is not here, or remembers nothing. */
  readonly log: string | null
  readonly isHere: boolean
  readonly commit: number
  readonly certain: number
  readonly possible: number
}

const absent: Voter = { log: null, isHere: false, commit: 0, certain: 0, possible: 0 }
const forgotten: Voter = { ...absent, isHere: true }

function logsUpTo(length: number): string[] {
  if (length === 0) return ['']
  const shorter = logsUpTo(length - 1)
  const longest = shorter.filter((log) => log.length === length - 1)
  return [...shorter, ...longest.flatMap((log) => [`${log}a`, `${log}b`])]
}

/** Every state of a voter that remembers. */
function remembering(lengthMax: number): Voter[] {
  const states: Voter[] = []
  for (const log of logsUpTo(lengthMax)) {
    for (let possible = 0; possible <= log.length; possible++) {
      for (let certain = 0; certain <= possible; certain++) {
        for (let commit = 0; commit <= certain; commit++) {
          states.push({ log, isHere: true, commit, certain, possible })
        }
      }
    }
  }
  return states
}

/** Equal words have equal chains, and in their order. */
function chainOf(word: string): Chain {
  let chain = 0
  for (const letter of word) chain = chain * 3 + (letter === 'a' ? 1 : 2)
  return chain as Chain
}

const memoryOf = (nodeid: number): MemoryId => (nodeid * 100) as MemoryId

const participantOf = (nodeid: number): Participant => ({
  nodeid,
  pid: nodeid,
  incarnation: nodeid as Incarnation,
  role: 'voter',
  memory: memoryOf(nodeid),
})

function promiseOf(nodeid: number, voter: Voter, participants: readonly Participant[]): Promised {
  const { log, commit, certain, possible } = voter
  const word = log ?? ''
  const chains = Array.from({ length: word.length - commit + 1 }, (_, i) =>
    chainOf(word.slice(0, commit + i)),
  )
  const promise = {
    blank: log === null,
    memory: log === null ? 1 : memoryOf(nodeid),
    epoch: { ballot: log === null ? noBallot : epoch, participants },
    ...{ commit, certain, possible, chains },
  }
  return { nodeid, promise: promise as unknown as PromiseMessage }
}

/** What the twin says, as a word: the log, or `?` and the index of an ambiguous, `!` of a broken choice. */
function twin(voters: readonly Voter[], participants: readonly boolean[], learner: Voter | null): string {
  const logs = voters.flatMap(({ log }) => log ?? [])
  const all = learner === null ? voters : [...voters, learner]
  const commit = Math.max(...all.map((each) => each.commit))
  const committed = all
    .filter((each) => each.commit === commit)
    .map(({ log }) => (log ?? '').slice(0, commit))
  let word = committed[0] as string
  if (committed.some((other) => other !== word)) return `!${commit}`
  for (;;) {
    const index = word.length + 1
    const going = logs.filter((log) => log.length >= index && log.startsWith(word))
    const words = [...new Set(going.map((log) => log.slice(0, index)))]
    if (words.length === 0) return word
    if (words.length === 1) {
      word = words[0] as string
      continue
    }
    const possible = words.filter((each) => mayBeCommitted(each, voters, participants))
    const sure = possible.filter((each) =>
      voters.some(({ log, certain }) => log?.startsWith(each) && certain >= index),
    )
    if (possible.length === 0) word = longest(going).slice(0, index)
    else if (possible.length === 1) word = possible[0] as string
    else if (sure.length === 1) word = sure[0] as string
    else return `${sure.length === 0 ? '?' : '!'}${index}`
  }
}

const majorities = [
  [0, 1],
  [0, 2],
  [1, 2],
  [0, 1, 2],
]

/** Whether some majority can have acked it. */
function mayBeCommitted(word: string, voters: readonly Voter[], participants: readonly boolean[]): boolean {
  const everybody = voters.every(({ isHere }) => isHere)
  return majorities.some((majority) => {
    const members = majority.map((i) => voters[i] as Voter)
    const unknown = members.filter(({ log }) => log === null).length
    const can = ({ log, possible }: Voter, i: number): boolean =>
      log === null
        ? participants[majority[i] as number] === true
        : log.startsWith(word) && possible >= word.length
    return members.every(can) && (!everybody || unknown <= 1)
  })
}

const longest = (logs: readonly string[]): string =>
  [...logs].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))[0] as string

function describe(choice: Choice, words: ReadonlyMap<number, string>): string {
  if (choice.choice === 'base') return words.get(choice.base.chain) ?? 'a log that nobody has'
  return `${choice.choice === 'ambiguous' ? '?' : '!'}${choice.index}`
}

const words = new Map(logsUpTo(3).map((log) => [chainOf(log), log] as const))

test('agrees with its twin: three voters, logs of at most three entries', () => {
  const states = [absent, forgotten, ...remembering(3)]
  const participants = [1, 2, 3].map(participantOf)
  const promises = [1, 2, 3].map((nodeid) => states.map((state) => promiseOf(nodeid, state, participants)))
  const counts = { logs: 0, ambiguous: 0, broken: 0 }
  for (let a = 0; a < states.length; a++) {
    for (let b = a; b < states.length; b++) {
      for (let c = Math.max(b, 2); c < states.length; c++) {
        const indexes = [a, b, c]
        const voters = indexes.map((state) => states[state] as Voter)
        const here = indexes.flatMap((state, i) => (state === 0 ? [] : [promises[i]?.[state] as Promised]))
        const chosen = describe(chooseLog(set, here, here), words)
        const expected = twin(voters, [true, true, true], null)
        if (chosen !== expected) assert.is(chosen, expected, JSON.stringify(voters))
        counts[chosen.startsWith('?') ? 'ambiguous' : chosen.startsWith('!') ? 'broken' : 'logs'] += 1
      }
    }
  }
  assert.equal(counts, { logs: 1_383_123, ambiguous: 1766, broken: 203_093 })
})

test('agrees with its twin: with a voter that is no participant, and with a learner', () => {
  const states = [absent, forgotten, ...remembering(2)]
  const learners = [
    null,
    ...remembering(2).filter(({ certain, possible, commit }) => certain === commit && possible === commit),
  ]
  const participants = [participantOf(1), participantOf(2)]
  let cases = 0
  for (const a of states) {
    for (const b of states) {
      for (const c of [absent, forgotten]) {
        if (a.log === null && b.log === null) continue
        const voters = [a, b, c]
        const here = voters.flatMap((voter, i) =>
          voter.isHere ? [promiseOf(i + 1, voter, participants)] : [],
        )
        for (const learner of learners) {
          const all = learner === null ? here : [...here, promiseOf(4, learner, participants)]
          const chosen = describe(chooseLog(set, here, all), words)
          const expected = twin(voters, [true, true, false], learner)
          if (chosen !== expected) assert.is(chosen, expected, JSON.stringify([voters, learner]))
          cases += 1
        }
      }
    }
  }
  assert.ok(cases > 50_000, `${cases} cases`)
})

test('with every voter here, no more than a minority can have forgotten what was committed', () => {
  const five: VoterSet = { nodeids: [1, 2, 3, 4, 5], policy: 'majority' }
  const participants = five.nodeids.map(participantOf)
  const unacked = (log: string): Voter => ({ log, isHere: true, commit: 0, certain: 0, possible: 0 })
  const voters = [unacked('a'), unacked('bb'), forgotten, forgotten, forgotten]
  const here = voters.map((voter, i) => promiseOf(i + 1, voter, participants))
  assert.is(describe(chooseLog(five, here, here), words), 'bb')
  const fewer = here.slice(0, 4)
  assert.is(describe(chooseLog(five, fewer, fewer), words), '?1')
})

test('of logs of several epochs only those of the highest are followed', () => {
  const participants = [1, 2, 3].map(participantOf)
  const old = { ...epoch, number: 6 }
  const voter = (log: string): Voter => ({ log, isHere: true, commit: 0, certain: 0, possible: log.length })
  const [first, second] = [promiseOf(1, voter('aaa'), participants), promiseOf(2, voter('b'), participants)]
  Object.assign(first.promise, { epoch: { ballot: old, participants } })
  const here = [first, second]
  assert.is(describe(chooseLog(set, here, here), words), 'b')
})

test.run()
