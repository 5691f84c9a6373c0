// A machine on a stage does what it does on a replica.

import { defineMachine, QuorateError, Rejection } from '@quorate/core'
import { suite } from 'uvu'
import { equal, is, throws } from 'uvu/assert'
import { MachineStage } from './machine-stage.ts'

const test = suite('machine on a stage')

const leases = defineMachine({
  name: 'leases',
  version: 1,
  initial: () => ({ holders: {} as Record<string, number>, left: [] as number[] }),
  reducers: {
    acquire(state, input: { name: string; forMs: number }, { now, schedule, emit, origin }) {
      state.holders['touched'] = 0
      if (input.name in state.holders) throw new Rejection('held', 'It is held', input.name)
      delete state.holders['touched']
      state.holders[input.name] = origin?.nodeid ?? 0
      schedule(input.name, now + input.forMs, 'release', input.name)
      emit({ acquired: input.name })
      return now
    },
    release(state, name: string, { now, emit }) {
      delete state.holders[name]
      emit({ released: name, now })
    },
    clock: () => Date.now(),
  },
  onMembership(state, { left }) {
    for (const { nodeid } of left) state.left.push(nodeid)
  },
})

test('commands are applied at once, by the member who submits them', () => {
  const stage = new MachineStage(leases, { nodeids: [1, 2], startMs: 5000 })
  is(stage.submit.acquire({ name: 'a', forMs: 10 }), 5000)
  stage.from(2).acquire({ name: 'b', forMs: 10 })
  equal(stage.state.holders, { a: 1, b: 2 })
  equal(stage.takeEvents(), [{ acquired: 'a' }, { acquired: 'b' }])
})

test('what is rejected is undone, and thrown', () => {
  const stage = new MachineStage(leases)
  stage.submit.acquire({ name: 'a', forMs: 10 })
  throws(
    () => stage.submit.acquire({ name: 'a', forMs: 10 }),
    (error: unknown) => error instanceof Rejection && error.code === 'held' && error.data === 'a',
  )
  equal(stage.state.holders, { a: 1 })
})

test('timers run when their time has come, each at its own', () => {
  const stage = new MachineStage(leases, { startMs: 1000 })
  stage.submit.acquire({ name: 'a', forMs: 30 })
  stage.submit.acquire({ name: 'b', forMs: 20 })
  stage.takeEvents()
  stage.advance(19)
  equal(stage.takeEvents(), [])
  stage.advance(100)
  equal(stage.takeEvents(), [
    { released: 'b', now: 1020 },
    { released: 'a', now: 1030 },
  ])
  is(stage.nowMs, 1119)
})

test('who leaves is told to the machine, and cannot submit', () => {
  const stage = new MachineStage(leases, { nodeids: [1, 2, 3] })
  stage.setMembers([1, 3])
  equal(stage.state.left, [2])
  stage.advance(3_600_000)
  stage.setMembers([1, 3])
  throws(() => stage.from(2).release('a'), /Node 2 is no member/)
})

test('the guard is on', () => {
  throws(
    () => new MachineStage(leases).submit.clock(),
    (error: unknown) => error instanceof QuorateError && error.code === 'MachineFailed',
  )
})

test('the same commands make the same digest, other ones another', () => {
  const digests = [5, 5, 6].map((forMs) => {
    const stage = new MachineStage(leases)
    stage.submit.acquire({ name: 'a', forMs })
    return stage.digest()
  })
  is(digests[0], digests[1])
  is(digests[0] === digests[2], false)
})

test.run()
