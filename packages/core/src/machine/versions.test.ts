// A machine that learns: groups that run an older version, are switched, and programs that cannot follow.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { defineMachine } from './define-machine.ts'
import { commands, errorOf, incarnation, process, view } from './machine.test-support.ts'
import { ReplicatedState } from './replicated-state.ts'

const own = incarnation(1)

interface Old {
  count: number
}
interface New {
  counts: number[]
  steps: string[]
}

const first = defineMachine({
  name: 'tally',
  version: 1,
  initial: (): Old => ({ count: 0 }),
  reducers: {
    add(state, by: number) {
      state.count += by
      return state.count
    },
  },
})

/** Runs versions 1 to 3; from 2 on the state has another shape. */
const third = defineMachine({
  name: 'tally',
  version: 3,
  minimumVersion: 1,
  initial: (version): Old | New => (version === 1 ? { count: 0 } : { counts: [], steps: [] }),
  reducers: {
    add(state, by: number, ctx) {
      if ('count' in state) {
        state.count += by
        return state.count
      }
      state.counts.push(by * ctx.version)
      return state.counts.length
    },
  },
  migrate(state, from, ctx) {
    if (from === 1) return { counts: [state.count], steps: [`1 to ${ctx.version}`] }
    state.steps.push(`${from} to ${ctx.version}`)
    return undefined
  },
  limits: (version) => (version === 3 ? { sessionTimeoutMs: 5 } : {}),
})

function participants(version: number): Parameters<typeof view>[0] {
  return { participants: [process(1)], version }
}

test('a newer program runs as the older version, with equal states', () => {
  const [older, newer] = [new ReplicatedState(first), new ReplicatedState(third)]
  for (const replica of [older, newer]) {
    replica.apply(1, view(participants(1)), own)
    replica.apply(2, commands([['add', 5]]), own)
  }
  assert.is(newer.digest(), older.digest())
  assert.equal(newer.state, { count: 5 })
})

test('a VIEW entry that raises the version migrates step by step, then the new reducers run', () => {
  const replica = new ReplicatedState(third)
  replica.apply(1, view(participants(1)), own)
  replica.apply(2, commands([['add', 5]]), own)
  replica.apply(3, view(participants(3)), own)
  assert.equal(replica.state, { counts: [5], steps: ['1 to 2', '2 to 3'] })
  replica.apply(4, commands([['add', 1]], { first: 2 }), own)
  assert.equal(replica.state, { counts: [5, 3], steps: ['1 to 2', '2 to 3'] })
  assert.is(replica.versions.machine, 3)
})

test('an older snapshot is taken over as it is, and migrated when the group is switched', () => {
  const older = new ReplicatedState(first)
  older.apply(1, view(participants(1)), own)
  const newer = new ReplicatedState(third)
  newer.restore(older.snapshot())
  assert.equal([newer.versions.machine, newer.state], [1, { count: 0 }])
  newer.apply(2, view(participants(2)), own)
  assert.equal(newer.state, { counts: [0], steps: ['1 to 2'] })
})

test('limits change with the version, not with the program', () => {
  const replica = new ReplicatedState(third)
  const away = (timeMs: number, version: number) => view({ participants: [process(2)], timeMs, version })
  replica.apply(1, view(participants(2)), own)
  replica.apply(2, away(2000, 2), own)
  replica.apply(3, away(2100, 3), own)
  assert.is(replica.session(own), 0)
})

test('a program that is too old for a snapshot or a group says what to start', () => {
  const newer = new ReplicatedState(third)
  newer.apply(1, view(participants(2)), own)
  const older = new ReplicatedState(first)
  for (const act of [
    () => older.restore(newer.snapshot()),
    () => older.apply(1, view(participants(2)), own),
  ]) {
    const error = errorOf(act)
    assert.is(error.code, 'VersionTooNew')
    assert.match(
      error.message,
      /has version 2, and this program runs 1 to 1 of machine 'tally': start a newer program/,
    )
  }
})

test('a program that is too new for a snapshot says how to get there', () => {
  const older = new ReplicatedState(first)
  older.apply(1, view(participants(1)), own)
  const latest = defineMachine({ name: 'tally', version: 4, initial: () => ({}), reducers: {} })
  const error = errorOf(() => new ReplicatedState(latest).restore(older.snapshot()))
  assert.is(error.code, 'VersionTooOld')
  assert.match(error.message, /first upgrade the group with a program that runs both/)
})

test('a failing migration leaves everything as before the entry', () => {
  const broken = defineMachine({
    name: 'tally',
    version: 2,
    minimumVersion: 1,
    initial: () => ({ count: 0 }),
    reducers: {},
    migrate(state) {
      state.count = -1
      throw new Error('no way')
    },
  })
  const replica = new ReplicatedState(broken)
  replica.apply(1, view(participants(1)), own)
  const before = replica.snapshot()
  const error = errorOf(() => replica.apply(2, view(participants(2)), own))
  assert.match(error.message, /failed at entry 2, in migrate: no way/)
  assert.equal(replica.snapshot(), before)
})

test.run()
