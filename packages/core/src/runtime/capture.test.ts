// A replica's state as of one moment, encoded while commands go on.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { MemoryNetwork } from '../memory/memory-network.ts'
import type { Stored } from '../ports/storage.ts'
import { counter } from './cluster.test-support.ts'
import { openReplica } from './open-replica.ts'
import type { Replica } from './replica.ts'
import { stateAtEnd } from './state-at.ts'

const test = suite('what a replica captures')

async function alone<T>(act: (replica: Replica<typeof counter>) => Promise<T>): Promise<T> {
  const transport = new MemoryNetwork({ nodes: [1] }).node(1)
  const limits = { chunkBytesMax: 64 }
  await using replica = await openReplica({
    machine: counter,
    group: 'captured',
    transport,
    voters: [1],
    limits,
  })
  await replica.ready()
  return await act(replica)
}

test('is its state then, whatever is applied until it is read', () =>
  alone(async (replica) => {
    await replica.submit.add(5)
    const { applied } = replica.status
    const captured = replica.capture()
    await replica.submit.add(7)
    const { index, state } = await stateAtEnd(counter, captured)
    assert.equal([index, state], [applied, { value: 5, names: [] }])
    assert.equal(captured.owner, { group: 'captured', nodeid: 1, machine: 'counter' })
    assert.equal([captured.start.index, captured.entries, captured.record.commit], [applied, [], applied])
  }))

test('takes a turn of the event loop for each piece', () =>
  alone(async (replica) => {
    let turns = 0
    const counting = setImmediate(function count() {
      turns += 1
      next = setImmediate(count)
    })
    let next = counting
    const pieces: number[] = []
    for await (const { length } of (replica.capture().snapshot as NonNullable<Stored['snapshot']>).pieces)
      pieces.push(length)
    clearImmediate(next)
    assert.ok(pieces.length > 3 && Math.max(...pieces) <= 64, `${pieces}`)
    assert.ok(turns >= pieces.length - 1, `${turns} turns for ${pieces.length} pieces`)
  }))

test.run()
