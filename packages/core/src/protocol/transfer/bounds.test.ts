// Catching up between nodes whose bounds differ, or are tuned meanwhile: however short or small they are, the joiner
// arrives (R8.8, R8.10).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Ensemble } from '../ensemble.test-support.ts'
import { defaultLimits, defaultTimeouts, type Limits, type Timeouts } from '../options.ts'

const test = suite('bounds of transfers')

const chunkBytesMax = 60

/** Node 3 needs a snapshot of twelve chunks; each message of the transfer takes 20 ms. */
function catchUp(
  donors: Partial<Limits>,
  joiner: Partial<Limits>,
  timeouts: Partial<Timeouts> = {},
): readonly string[] {
  const limits = { chunkBytesMax, retainedEntriesMax: 2, ...donors }
  const ensemble = Ensemble.running({ voters: [1, 2, 3], limits }, 1, 2, 3)
  ensemble.crash(3)
  ensemble.view([1, 2])
  ensemble.deliver()
  for (const letter of 'abcdefgh') {
    ensemble.submit(1, letter.repeat(60))
    ensemble.deliver()
  }
  ensemble.start(3, { limits: { ...defaultLimits, ...limits, ...joiner } })
  ensemble.said()
  ensemble.view([1, 2, 3])
  tune(ensemble, timeouts)
  ensemble.passSlowly(20_000, ({ type }) => (type === 'snapshot' || type === 'fetch' ? 20 : 0.2))
  assert.ok(ensemble.actor(3).state.active, 'node 3 has arrived')
  assert.is(ensemble.words(3), ensemble.words(1))
  return ensemble.said()
}

function tune(ensemble: Ensemble, timeouts: Partial<Timeouts>): void {
  for (const { id, state } of ensemble.actors.values()) {
    const { limits } = state
    ensemble.input(id, { type: 'tune', limits, timeouts: { ...defaultTimeouts, ...timeouts } })
  }
}

const countChunks = (said: readonly string[]): number =>
  said.filter((line) => line.includes(': snapshot at')).length

for (const donors of [1, 2, 3])
  test(`donors that send ${donors} chunks at once serve a joiner that asks for 4`, () => {
    const said = catchUp({ chunksInFlightMax: donors }, { chunksInFlightMax: 4 })
    assert.ok(countChunks(said) < 30, `${countChunks(said)} chunks`)
  })

test('a joiner that asks for 1 chunk at once gets no more', () => {
  const said = catchUp({ chunksInFlightMax: 4 }, { chunksInFlightMax: 1 })
  assert.is(countChunks(said), 12)
})

test('chunks of other sizes than the own are taken', () => {
  for (const size of [17, 60, 1000]) assert.is(countChunks(catchUp({}, { chunkBytesMax: size })), 12)
})

test('a donor keeps its snapshot until the joiner can have asked for more, however short it is to keep it', () => {
  const said = catchUp({}, {}, { snapshotIdleMs: 1 })
  assert.is(countChunks(said), 12)
})

test('a joiner that turns to the next donor too soon waits longer each time', () => {
  const said = catchUp({}, {}, { stallMs: 1 })
  assert.ok(countChunks(said) < 100, `${countChunks(said)} chunks`)
})

test.run()
