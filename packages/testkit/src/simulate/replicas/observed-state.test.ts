// What a user's replica tells of its entries: each command where it was applied, and never where it was answered again.

import {
  defineMachine,
  type EntryBody,
  encodeCommand,
  type Incarnation,
  type Machine,
} from '@quorate/core/simulation'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { ObservedState } from './observed-state.ts'

const origin = 1 as Incarnation
const other = 2 as Incarnation

const machine = defineMachine({
  name: 'counter',
  version: 1,
  initial: () => ({ value: 0 }),
  reducers: { add: (state, by: number) => (state.value += by) },
}) as Machine

/** Opens a session for `origin`. */
const view: EntryBody = {
  type: 'view',
  ballot: { number: 1, nodeid: 1, incarnation: origin },
  participants: [{ nodeid: 1, pid: 100, incarnation: origin, role: 'learner', memory: 0 }],
  members: [{ nodeid: 1, pid: 100, incarnation: origin }],
  versions: { protocol: 1, machine: 1 },
  timeMs: 1000,
}

/** Two commands, from this number on. */
function commands(first: number, lowest = 1, session = 1): EntryBody {
  const one = encodeCommand('add', 1)
  const both = Buffer.concat([one, one])
  return { type: 'commands', origin, session, first, count: 2, lowest, timeMs: 1000, commands: both }
}

/** Which numbers were applied where. */
function appliedBy(bodies: readonly EntryBody[]): string[] {
  const told: string[] = []
  const state = new ObservedState(machine, ({ place }, index) => told.push(`${place} at ${index}`))
  for (const [place, body] of [view, ...bodies].entries()) state.apply(place + 1, body, other)
  return told
}

test('a command is applied once, whoever its origin is', () => {
  assert.equal(appliedBy([commands(1), commands(3)]), ['1 at 2', '2 at 2', '3 at 3', '4 at 3'])
})

test('what is answered again was not applied again, in whole or in part', () => {
  assert.equal(appliedBy([commands(1), commands(1), commands(2)]), ['1 at 2', '2 at 2', '3 at 4'])
})

test('what is behind a gap, confirmed already, or of no session is not applied', () => {
  assert.equal(appliedBy([commands(2), commands(1, 1, 7)]), [])
  assert.equal(appliedBy([commands(1), commands(3, 3), commands(1)]), [
    '1 at 2',
    '2 at 2',
    '3 at 3',
    '4 at 3',
  ])
})

test('the outcomes are those of own commands only, as without being looked at', () => {
  const state = new ObservedState(machine, () => {})
  state.apply(1, view, origin)
  assert.equal(state.apply(2, commands(1), other).outcomes, [])
  assert.equal(
    state.apply(3, commands(3), origin).outcomes.map(({ number }) => number),
    [3, 4],
  )
})

test.run()
