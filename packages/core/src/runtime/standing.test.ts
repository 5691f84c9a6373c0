// Where a replica stands, by what the engine and the transport tell it, on a clock of the test's own.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Incarnation } from '../identity.ts'
import type { Clock } from '../ports/clock.ts'
import { Standing } from './standing.ts'

const test = suite('standing')

const ring = { nodeid: 1, seq: 1n }
const view = {
  type: 'view',
  members: [{ nodeid: 1, pid: 1 }],
  ring,
  nodeids: [1],
  cause: 'ring',
  quorate: null,
} as const
const ballot = { number: 1, nodeid: 2, incarnation: 5 as Incarnation }
const adopted = { notice: 'adopted', ballot, base: 10, leader: 2 } as const
const left = { notice: 'left', ballot } as const
const catchingUp = { notice: 'catching-up', from: 1, to: 10, bytes: 100 } as const
const obstacle = { reason: 'no-quorum', missing: [2, 3] } as const

function stand() {
  const told: string[] = []
  const current: unknown[] = []
  let fire: (() => void) | null = null
  const clock: Clock = {
    monotonicMs: () => 0,
    wallMs: () => 0,
    setTimer(_, due) {
      fire = due
      return () => {
        fire = null
      }
    },
  }
  const standing = new Standing({
    isOwn: ({ nodeid }) => nodeid === 1,
    clock,
    timeouts: () => ({ noQuorumMs: 1000 }),
    tell(name, event) {
      told.push(name)
      if (name === 'current') current.push(event)
    },
    quorumLost: () => told.push('(reads fail)'),
    quorumFound: () => told.push('(ready)'),
  })
  const graceEnds = (): boolean => {
    const due = fire
    fire = null
    due?.()
    return due !== null
  }
  return { standing, told, current, graceEnds }
}

test('what is set aside leaves the epoch, and the next one counts from its own entries', () => {
  const { standing, told } = stand()
  standing.view(view)
  standing.notice(adopted)
  standing.applied(11)
  told.length = 0
  standing.notice({ notice: 'set-aside' })
  standing.notice(adopted)
  assert.is(standing.primary, false)
  standing.applied(11)
  assert.equal(told, ['leader', 'warning', 'primary', 'leader', 'current', '(ready)'])
})

test('an epoch counts when its first entry is applied, and not before', () => {
  const { standing, told, graceEnds } = stand()
  standing.view(view)
  standing.notice(adopted)
  standing.applied(10)
  assert.equal(told, ['view'])
  assert.is(standing.leader, null)
  standing.applied(11)
  assert.equal(told, ['view', 'primary', 'leader', 'current', '(ready)'])
  assert.is(standing.leader?.nodeid, 2)
  assert.not(graceEnds())
})

test('a snapshot beyond the base has brought the first entry when the epoch is adopted', () => {
  const { standing, told } = stand()
  standing.notice(catchingUp)
  standing.applied(12)
  assert.not(standing.primary)
  standing.notice(adopted)
  assert.ok(standing.primary)
  assert.equal(told, ['catching-up', 'primary', 'leader', 'current', '(ready)'])
})

test('being current tells whether a snapshot was needed, of this catching up alone', () => {
  const { standing, current } = stand()
  standing.notice(catchingUp)
  standing.notice({ notice: 'restored', index: 9 })
  standing.notice(adopted)
  standing.applied(11)
  standing.notice(left)
  standing.notice(catchingUp)
  standing.notice(adopted)
  assert.equal(current, [
    { index: 11, snapshot: 9 },
    { index: 11, snapshot: null },
  ])
})

test('reads fail when the grace time is over, until the next epoch', () => {
  const { standing, told, graceEnds } = stand()
  standing.notice({ notice: 'obstacle', obstacle })
  assert.not(standing.quorumLost)
  assert.ok(graceEnds())
  assert.ok(standing.quorumLost)
  assert.equal(standing.obstacle, obstacle)
  assert.equal(told, ['no-quorum', '(reads fail)'])
  standing.notice(adopted)
  standing.applied(11)
  assert.not(standing.quorumLost)
  assert.is(standing.obstacle, null)
})

test('who is not told why still tells that there is no quorum', () => {
  const { standing, told, graceEnds } = stand()
  standing.notice(adopted)
  standing.applied(11)
  standing.notice(left)
  graceEnds()
  assert.equal(told.slice(-3), ['leader', 'no-quorum', '(reads fail)'])
})

test('reads wait while the replica catches up, and no longer than it does', () => {
  const { standing, told, graceEnds } = stand()
  standing.notice(catchingUp)
  for (let i = 0; i < 5; i++) assert.ok(graceEnds())
  assert.not(standing.quorumLost)
  standing.view(view)
  assert.ok(graceEnds())
  assert.ok(standing.quorumLost)
  assert.equal(told, ['catching-up', 'view', 'no-quorum', '(reads fail)'])
})

test('a second epoch of a replica that was never behind is not told as catching up', () => {
  const { standing, told } = stand()
  standing.notice(adopted)
  standing.applied(11)
  standing.notice(left)
  told.length = 0
  standing.notice({ ...adopted, base: 20 })
  standing.applied(21)
  assert.equal(told, ['primary', 'leader', '(ready)'])
})

test.run()
