import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Incarnation, MemoryId } from '../identity.ts'
import { ReplicatedState } from '../machine/replicated-state.ts'
import type { Clock } from '../ports/clock.ts'
import { defaultLimits, defaultTimeouts } from '../protocol/options.ts'
import { counter } from './cluster.test-support.ts'
import { Loop, type LoopEngineOptions } from './loop.ts'
import { WallClock } from './wall-clock.ts'

const test = suite('wall clock')

/** Two clocks that a test sets. */
class HandClock implements Clock {
  nowMs = 0
  offsetMs = 5000

  monotonicMs(): number {
    return this.nowMs
  }

  wallMs(): number {
    return this.offsetMs + this.nowMs
  }

  setTimer(): () => void {
    return () => {}
  }
}

/** Of a process that is alone, and sends nothing. */
function loopOn(clock: Clock): Loop {
  const versions = { lowest: 1, highest: 1 }
  const options: LoopEngineOptions = {
    self: { nodeid: 1, pid: 1, incarnation: 1 as Incarnation },
    role: 'voter',
    voters: { nodeids: [1], policy: 'majority' },
    votersFromNodeList: false,
    memory: 1 as MemoryId,
    protocolVersions: versions,
    machineVersions: versions,
    timeouts: defaultTimeouts,
    limits: defaultLimits,
    messageBytesMax: Number.POSITIVE_INFINITY,
    fault: null,
  }
  const ports = { clock, storage: null, send: () => true, wake: () => {} }
  return new Loop(() => new ReplicatedState(counter), options, ports, {
    ...{ numbered() {}, outcomes() {}, expired() {}, readable() {} },
    ...{ emitted() {}, applied() {}, notice() {}, stopped() {} },
  })
}

test('a wall clock that was set is seen at the next look, once', () => {
  const hand = new HandClock()
  const wall = new WallClock(hand)
  assert.is(wall.offsetMs, 5000)
  hand.offsetMs = 9000
  assert.is(wall.hasChanged(999), false)
  hand.nowMs = 1000
  assert.is(wall.hasChanged(1000), true)
  assert.is(wall.offsetMs, 9000)
  hand.nowMs = 2000
  assert.is(wall.hasChanged(2000), false)
})

test('the grain of a clock is no change; what adds up is', () => {
  const hand = new HandClock()
  const wall = new WallClock(hand)
  const changes: number[] = []
  for (hand.nowMs = 1000; hand.nowMs <= 10_000; hand.nowMs += 1000) {
    hand.offsetMs += 1
    if (wall.hasChanged(hand.nowMs)) changes.push(hand.nowMs)
  }
  assert.equal(changes, [5000, 10_000])
})

test('the loop tells its engine', () => {
  const hand = new HandClock()
  const loop = loopOn(hand)
  assert.is(loop.engine.state.wallOffsetMs, 5000)
  hand.offsetMs = 9000
  hand.nowMs = 1000
  loop.settle()
  assert.is(loop.engine.state.wallOffsetMs, 9000)
})

test.run()
