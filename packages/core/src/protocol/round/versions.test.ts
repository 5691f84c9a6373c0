// What a group agrees to run, and who cannot (R5.33, R5.34).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Chain } from '../../log/entry.ts'
import type { PromiseMessage } from '../../wire/messages.ts'
import { Ensemble } from '../ensemble.test-support.ts'
import { agreedAt } from './versions.ts'

const test = suite('versions')
const runs = (lowest: number, highest: number) => ({ machineVersions: { lowest, highest } })
const agreed = (ensemble: Ensemble, id: number): number => {
  const { log } = ensemble.actor(id).state
  return log.versionsAt(log.last).machine
}

/** The ids 1, 2, 3 … with what each can run. */
function group(...ranges: readonly (readonly [number, number])[]): Ensemble {
  const ensemble = new Ensemble({ voters: [1, 2, 3] })
  for (const [i, [lowest, highest]] of ranges.entries()) ensemble.start(i + 1, runs(lowest, highest))
  ensemble.view(ranges.map((_, i) => i + 1))
  ensemble.deliver()
  ensemble.said()
  return ensemble
}

test('a group begins with the highest version that all can run', () => {
  assert.is(agreed(group([1, 2], [1, 3], [1, 2]), 3), 2)
})

test('where there is no such version it does not begin, and says who needs what', () => {
  const ensemble = group([1, 1], [2, 3], [2, 3])
  assert.is(ensemble.actor(1).state.group, null)
  const needed = { protocol: 1, machine: 2 }
  assert.equal(ensemble.actor(1).state.obstacle, { reason: 'version', needed, nodeids: [1] })
})

test('a version is raised only when every voter is here', () => {
  const ensemble = group([1, 1], [1, 2], [1, 2])
  assert.is(agreed(ensemble, 3), 1)
  ensemble.view([2, 3], [1])
  ensemble.deliver()
  assert.is(agreed(ensemble, 3), 1)
  const disk = ensemble.crash(1)
  ensemble.start(1, runs(1, 2), disk)
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  for (const id of [1, 2, 3]) assert.is(agreed(ensemble, id), 2)
})

test('a learner that is too old keeps the version down only as long as it is here', () => {
  const ensemble = group([1, 2], [1, 2], [1, 2], [1, 1])
  assert.is(agreed(ensemble, 3), 1)
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  assert.is(agreed(ensemble, 3), 2)
})

test('when too few are left that can run what was agreed, it is said who needs what', () => {
  const ensemble = group([1, 2], [1, 2], [1, 2])
  for (const id of [2, 3]) ensemble.start(id, runs(1, 1), ensemble.crash(id))
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  const { active, obstacle } = ensemble.actor(1).state
  assert.not(active)
  assert.equal(obstacle, { reason: 'version', needed: { protocol: 1, machine: 2 }, nodeids: [2, 3] })
})

for (const tooOld of [1, 3, 4]) {
  test(`node ${tooOld}, that cannot run what was agreed, is left out, and asks for nothing`, () => {
    const ensemble = group([1, 2], [1, 2], [1, 2])
    if (tooOld < 4) ensemble.crash(tooOld)
    ensemble.start(tooOld, runs(1, 1))
    ensemble.view([1, 2, 3, 4].filter((id) => ensemble.actors.has(id)))
    ensemble.pass(60_000)
    const { state, notices } = ensemble.actor(tooOld)
    assert.not(state.active)
    const needed = { protocol: 1, machine: 2 }
    const obstacle = { reason: 'version', needed, nodeids: [tooOld] }
    assert.ok(
      notices.some((notice) => JSON.stringify(notice) === JSON.stringify({ notice: 'obstacle', obstacle })),
    )
    for (const id of [1, 2, 3].filter((each) => each !== tooOld)) assert.ok(ensemble.actor(id).state.active)
    const said = ensemble.said()
    assert.is(said.filter((line) => line.includes('prepare')).length, 1)
    assert.is(said.filter((line) => line.includes('refuse')).length, 0)
  })
}

test('one that cannot run what was agreed is quiet also where nothing can be installed', () => {
  const ensemble = group([1, 2], [1, 2], [1, 2])
  for (const id of [1, 3]) ensemble.crash(id)
  ensemble.start(1, runs(1, 1))
  ensemble.view([1, 2])
  ensemble.pass(60_000)
  const said = ensemble.said()
  assert.ok(said.includes('1! version'))
  assert.ok(said.filter((line) => line.startsWith('1: prepare')).length <= 1)
})

test('the late PROMISE of one that cannot run what was agreed starts no round', () => {
  const ensemble = group([1, 2], [1, 2], [1, 2])
  ensemble.start(4, runs(1, 1)).slow = true
  ensemble.view([1, 2, 3, 4])
  ensemble.pass(100)
  ensemble.sync(4)
  ensemble.pass(10_000)
  assert.is(ensemble.said().filter((line) => line.includes('prepare')).length, 1)
})

test('a version that is raised between a snapshot and the INSTALL takes effect where its VIEW entry stands', () => {
  const limits = { retainedEntriesMax: 1, chunkBytesMax: 60, chunksInFlightMax: 1 }
  const ensemble = new Ensemble({ voters: [1, 2, 3], limits })
  for (const id of [1, 2, 3]) ensemble.start(id, runs(1, id === 1 ? 1 : 2))
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  ensemble.view([1, 2], [3])
  ensemble.deliver()
  ensemble.submit(2, 'word')
  ensemble.deliver()
  // Node 3 has the whole snapshot, of version 1, when the view ends.
  ensemble.view([1, 2, 3])
  ensemble.deliverUntil(({ type }) => type === 'snapshot')
  while (ensemble.actor(3).state.commit < 3) ensemble.deliver(1)
  assert.is(agreed(ensemble, 3), 1)
  ensemble.start(1, runs(1, 2), ensemble.crash(1))
  ensemble.view([1, 2, 3])
  ensemble.deliver()
  for (const id of [1, 2, 3]) {
    assert.is(agreed(ensemble, id), 2)
    assert.is(ensemble.actor(id).machine.versions.machine, 2)
    assert.is(ensemble.words(id), 'word')
  }
})

test('at a bare commit the version of that commit counts, not of what lies behind it', () => {
  const ensemble = group([1, 1], [1, 2], [1, 2])
  const { self, log } = ensemble.actor(3).state
  const promise = {
    commit: 1,
    chains: [log.lastChain, 4711],
    agreed: { protocol: 1, machine: 2 },
    agreedAtCommit: { protocol: 1, machine: 1 },
  } as unknown as PromiseMessage
  const answers = [{ from: self, promise }]
  assert.is(agreedAt({ index: 1, chain: log.lastChain }, answers).machine, 1)
  assert.is(agreedAt({ index: 2, chain: 4711 as Chain }, answers).machine, 2)
})

test.run()
