// Cluster time and the clocks of the nodes (R11.2 to R11.4).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Ensemble } from '../ensemble.test-support.ts'
import type { Limits } from '../options.ts'
import { estimateTime, wallTime } from './time.ts'

const test = suite('cluster time')

const hourMs = 3_600_000
/** What the wall clocks of an ensemble show at its beginning. */
const beginMs = 1000

const running = (limits: Partial<Limits> = {}): Ensemble =>
  Ensemble.running({ voters: [1, 2, 3], limits }, 1, 2, 3)

const timeAt = (ensemble: Ensemble, id: number): number => {
  const { state } = ensemble.actor(id)
  state.nowMs = ensemble.now
  return estimateTime(state)
}

/** How far cluster time at a member runs ahead of one that knows no wall clock. */
const gainedMs = (ensemble: Ensemble, id: number): number => timeAt(ensemble, id) - ensemble.now - beginMs

function setWall(ensemble: Ensemble, id: number, offsetMs: number): void {
  ensemble.input(id, { type: 'wall', offsetMs })
}

/** The estimate of `id` from second to second, while `busy` commits something each second. */
function passSeconds(ensemble: Ensemble, seconds: number, id: number, busy: number | null = null): void {
  let before = timeAt(ensemble, id)
  for (let i = 0; i < seconds; i++) {
    ensemble.pass(1000)
    if (busy !== null) ensemble.submit(busy, 'word')
    ensemble.deliver()
    const now = timeAt(ensemble, id)
    assert.ok(now > before, `${now} after ${before}`)
    before = now
  }
}

function assertNear(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1, `${actual}, and ${expected} was expected`)
}

for (const busy of [null, 1, 2]) {
  test(`a wall clock that jumps is approached by 0.5 ms a second; commits of ${busy ?? 'nobody'}`, () => {
    const ensemble = running()
    setWall(ensemble, 1, beginMs + hourMs)
    passSeconds(ensemble, 100, 1, busy)
    assertNear(gainedMs(ensemble, 1), 50)
  })
}

test('a wall clock that jumps back is approached as slowly, and time never goes back', () => {
  const ensemble = running()
  setWall(ensemble, 1, beginMs + hourMs)
  passSeconds(ensemble, 100, 1)
  setWall(ensemble, 1, beginMs - hourMs)
  assertNear(gainedMs(ensemble, 1), 50)
  passSeconds(ensemble, 60, 1, 1)
  assertNear(gainedMs(ensemble, 1), 20)
})

test('what is reached is kept', () => {
  const ensemble = running()
  setWall(ensemble, 1, beginMs + 20)
  passSeconds(ensemble, 100, 1)
  assertNear(timeAt(ensemble, 1), wallTime(ensemble.actor(1).state))
})

test('others follow what the coordinator says', () => {
  const ensemble = running()
  setWall(ensemble, 1, beginMs + hourMs)
  passSeconds(ensemble, 100, 2, 1)
  assertNear(gainedMs(ensemble, 2), 50)
})

test('… and not the wall clocks of their own', () => {
  const ensemble = running()
  setWall(ensemble, 2, beginMs + hourMs)
  passSeconds(ensemble, 100, 2, 2)
  assertNear(gainedMs(ensemble, 2), 0)
})

test('who is coordinator no more keeps what it has approached', () => {
  const ensemble = running()
  ensemble.crash(1)
  ensemble.view([2, 3])
  ensemble.deliver()
  setWall(ensemble, 2, beginMs + hourMs)
  passSeconds(ensemble, 100, 2)
  ensemble.start(1)
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  assert.is(ensemble.actor(2).state.epoch.ballot.nodeid, 1)
  assertNear(gainedMs(ensemble, 2), 50)
})

test('cluster time begins by the wall clock as it is then', () => {
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const id of [1, 2, 3]) ensemble.start(id)
  setWall(ensemble, 1, 5000)
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  assert.is(timeAt(ensemble, 2), 5000)
})

test('a member that has applied nothing yet has no estimate, whatever its clock says', () => {
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const id of [1, 3]) ensemble.start(id)
  ensemble.start(2, { wallOffsetMs: hourMs })
  ensemble.input(2, { type: 'read', read: 1 })
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  assert.equal(ensemble.actor(2).readable, [1])
  assert.is(timeAt(ensemble, 1), beginMs)
})

test('nor has a coordinator that lost its memory', () => {
  const ensemble = running()
  ensemble.crash(1)
  ensemble.view([2, 3])
  ensemble.deliver()
  ensemble.start(1, { wallOffsetMs: hourMs })
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  assert.is(ensemble.actor(2).state.epoch.ballot.nodeid, 1)
  assertNear(gainedMs(ensemble, 2), 0)
})

test('nor has one that was restored to a snapshot', () => {
  const ensemble = running({ retainedEntriesMax: 1 })
  ensemble.crash(3)
  ensemble.view([1, 2])
  passSeconds(ensemble, 10, 1, 1)
  ensemble.start(3)
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  ensemble.start(3, { wallOffsetMs: hourMs }, ensemble.crash(3))
  assert.ok(ensemble.actor(3).state.log.start > 1)
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  ensemble.submit(3, 'word')
  ensemble.deliver()
  assertNear(gainedMs(ensemble, 1), 0)
})

test.run()
