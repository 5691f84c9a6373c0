// What waits for a transport that takes nothing (R4.7).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Outbox } from './outbox.ts'

const test = suite('outbox')

/** A transport that takes as many messages as `room` says; each is one byte. */
function stage(room: number): { outbox: Outbox; taken: number[]; makeRoom(count: number): void } {
  const taken: number[] = []
  let left = room
  const outbox = new Outbox(([byte]) => {
    if (left === 0) return false
    left -= 1
    taken.push(byte as number)
    return true
  })
  const makeRoom = (count: number): void => {
    left += count
    outbox.flush()
  }
  return { outbox, taken, makeRoom }
}

test('what was refused goes before what comes later', () => {
  const { outbox, taken, makeRoom } = stage(1)
  for (const byte of [1, 2, 3]) outbox.send('propose', Uint8Array.of(byte))
  makeRoom(1)
  outbox.send('propose', Uint8Array.of(4))
  makeRoom(9)
  assert.equal(taken, [1, 2, 3, 4])
})

test('an hour of rounds, acks and requests that nobody took is one of each', () => {
  const { outbox, taken, makeRoom } = stage(0)
  outbox.send('propose', Uint8Array.of(1))
  for (let i = 0; i < 10_000; i++) {
    for (const type of ['prepare', 'ack', 'fetch', 'refuse', 'promise'] as const)
      outbox.send(type, Uint8Array.of(i % 256))
  }
  assert.is(outbox.size, 6)
  makeRoom(9)
  const last = 9999 % 256
  assert.equal(taken, [1, last, last, last, last, last])
})

test('proposals and chunks are not superseded', () => {
  const { outbox, taken, makeRoom } = stage(0)
  for (const type of ['propose', 'propose', 'snapshot', 'snapshot', 'entries', 'entries'] as const)
    outbox.send(type, Uint8Array.of(taken.length))
  makeRoom(9)
  assert.is(taken.length, 6)
})

test('what was meant for a membership that has ended is void', () => {
  const { outbox, taken, makeRoom } = stage(0)
  outbox.send('propose', Uint8Array.of(1))
  outbox.clear()
  makeRoom(9)
  assert.equal(taken, [])
})

test.run()
