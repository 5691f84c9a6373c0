// The operator who tunes: all that may be tuned is, on one node, and within what a replica takes.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Place } from '../world/place.ts'
import { Random } from '../world/random.ts'
import { Group } from './group.ts'
import { Replica } from './replica.ts'
import { drawSetting, replicaCount } from './setting.ts'
import { ProbeWorkload } from './workload/probe.ts'
import { probeMachines } from './workload/probe-machine.ts'

const nodeids = [1, 2, 3]
const strikes = 100

function place(nodeid: number): Place {
  return {
    ...{ nodeid, pid: nodeid, random: new Random(nodeid), storage: null },
    clock: { monotonicMs: () => 0, wallMs: () => 0, setTimer: () => () => {} },
    send: () => true,
    exit(error) {
      throw error
    },
  }
}

function started(nodeid: number, group: Group): Replica {
  const replica = Replica.start(place(nodeid), group)
  const members = nodeids.map((each) => ({ nodeid: each, pid: each }))
  const ring = { nodeid: 1, seq: 1n }
  replica.event({
    type: 'view',
    cause: 'ring',
    members,
    ring,
    nodeids,
    quorate: true,
  })
  return replica
}

function scene(seed: number): { readonly group: Group; readonly replicas: readonly [Replica, Replica] } {
  const setting = drawSetting(seed, { nodes: 3, learners: 0, strangers: 0 })
  const group = new Group(probeMachines, setting, null, (each) => new ProbeWorkload(each))
  return { group, replicas: [started(1, group), started(2, group)] }
}

const boundsOf = ({ state }: Replica) => ({ ...state.limits, ...state.timeouts })

test('one replica has other bounds from then on, and the others keep theirs', () => {
  const { group, replicas } = scene(1)
  const [tuned, other] = replicas
  const before = replicas.map(boundsOf)
  for (let strike = 0; strike < 10; strike++) group.tuner.strike(tuned, new Random(strike))
  assert.not.equal(boundsOf(tuned), before[0])
  assert.equal(boundsOf(other), before[1])
  assert.is(group.census.statistics.of('bounds tuned'), 10)
})

test('whatever replica.tune takes is tuned, and nothing else', () => {
  const { group, replicas } = scene(1)
  const [tuned] = replicas
  const seen = new Map(Object.entries(boundsOf(tuned)).map(([name, value]) => [name, new Set([value])]))
  for (let strike = 0; strike < strikes; strike++) {
    group.tuner.strike(tuned, new Random(strike))
    for (const [name, value] of Object.entries(boundsOf(tuned))) seen.get(name)?.add(value)
  }
  const constant = [...seen].filter(([, values]) => values.size === 1).map(([name]) => name)
  assert.equal(constant, ['chunkBytesMax', 'chunksInFlightMax'])
})

test('room is never less than all replicas may fill, and all is above 0', () => {
  for (let seed = 0; seed < strikes; seed++) {
    const { group, replicas } = scene(seed)
    const [tuned] = replicas
    for (let strike = 0; strike < 10; strike++) {
      group.tuner.strike(tuned, new Random(seed + strike))
      const { uncommittedEntriesMax } = group.setting.limits
      assert.ok(tuned.state.limits.uncommittedEntriesMax <= uncommittedEntriesMax)
      assert.ok(tuned.state.limits.backlogEntriesMax >= replicaCount(group.setting) * uncommittedEntriesMax)
      for (const [name, value] of Object.entries(boundsOf(tuned)))
        assert.ok(Number.isSafeInteger(value) && value > 0, `${name} is ${value}`)
    }
  }
})

test('what has not begun, or does not run, is not tuned', () => {
  const { group } = scene(1)
  group.tuner.strike(undefined, new Random(1))
  group.tuner.strike(Replica.start(place(3), group), new Random(1))
  assert.is(group.census.statistics.of('bounds tuned'), 0)
})

test('processes are opened with chunks of sizes of their own', () => {
  const { tuner } = scene(1).group
  const drawn = Array.from({ length: strikes }, (_, seed) => tuner.opened(new Random(seed)).limits)
  assert.is.not(new Set(drawn.map(({ chunkBytesMax }) => chunkBytesMax)).size, 1)
  assert.is.not(new Set(drawn.map(({ chunksInFlightMax }) => chunksInFlightMax)).size, 1)
})

test.run()
