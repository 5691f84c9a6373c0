// Which neighbours are slow, by the lengths of their queues at one look after another.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Neighbour } from '../ports/transport.ts'
import { type Judgements, judge, queuedMax, slowNeighbour, slowOnes } from './slow-neighbours.ts'

const test = suite('slow neighbours')

const neighbour = (queued: number, pid = 7): Neighbour => ({ pid, name: 'service', queued })

/** Whether the process is slow at each of these looks, that found its queue so much longer than what is usual. */
function slowAt(...beyond: number[]): boolean[] {
  let judgements: Judgements = new Map()
  return beyond.map((count) => {
    judgements = judge(judgements, [neighbour(queuedMax + count)])
    return slowOnes(judgements).length > 0
  })
}

test('a queue that has grown at two looks in a row makes slow', () => {
  assert.equal(slowAt(1, 2, 3, 4), [false, false, true, true])
})

test('what is usual is well, however it grows', () => {
  assert.equal(slowAt(-3, -2, -1, 0, 0), [false, false, false, false, false])
})

test('growth counts from the first look beyond what is usual', () => {
  assert.equal(slowAt(-2, -1, 1, 2, 3), [false, false, false, false, true])
})

test('a long queue that stays as it is was left by a burst', () => {
  assert.equal(slowAt(500, 500, 500, 500), [false, false, false, false])
})

test('a pause between two growths is no recovery: nothing may have been sent', () => {
  assert.equal(slowAt(1, 2, 2, 2, 3), [false, false, false, false, true])
})

test('a process that gets on with a burst is well: its queue was shorter in between', () => {
  assert.equal(slowAt(1, 9, 5, 6, 4, 7), [false, false, false, false, false, false])
})

test('slow it stays until its queue is as usual again, and then begins anew', () => {
  assert.equal(slowAt(1, 2, 3, 1, 0, 1, 2, 3), [false, false, true, true, false, false, false, true])
})

test('each process is judged by itself; one that has ended is well', () => {
  let judgements: Judgements = new Map()
  for (const step of [1, 2, 3]) {
    judgements = judge(judgements, [neighbour(queuedMax + step), neighbour(queuedMax + 1, 8)])
  }
  assert.equal(slowOnes(judgements), [neighbour(queuedMax + 3)])
  assert.equal(slowOnes(judge(judgements, [])), [])
})

test('the warning says which process, how much, and what to do', () => {
  const { notice, text, ...rest } = slowNeighbour(neighbour(1234))
  assert.is(notice, 'slow-neighbour')
  assert.equal(rest, neighbour(1234))
  for (const part of ['Process 7 (service)', '1234 messages', 'End the process', 'WatchdogSec='])
    assert.ok(text.includes(part), text)
})

test.run()
