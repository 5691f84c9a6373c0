// Room is bounded, given in order, and never lost: compared with a count of who is inside.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Room } from './room.ts'

const test = suite('room')

test('who waits gets in as the first one leaves, in order', () => {
  const room = new Room(() => ({ openCommandsMax: 2, openBytesMax: 100 }))
  const inside: string[] = []
  for (const name of ['a', 'b']) if (room.tryEnter(10)) inside.push(name)
  for (const name of ['c', 'd']) {
    assert.not(room.tryEnter(1))
    room.wait(10, () => inside.push(name))
  }
  assert.equal(inside, ['a', 'b'])
  room.leave(10)
  assert.equal(inside, ['a', 'b', 'c'])
  room.leave(10)
  assert.equal(inside, ['a', 'b', 'c', 'd'])
})

test('nobody passes who waits for more room', () => {
  const room = new Room(() => ({ openCommandsMax: 10, openBytesMax: 100 }))
  const inside: string[] = []
  assert.ok(room.tryEnter(60))
  const giveUp = room.wait(60, () => inside.push('large'))
  assert.not(room.tryEnter(1))
  room.wait(1, () => inside.push('small'))
  assert.equal(inside, [])
  giveUp()
  assert.equal(inside, ['small'])
  assert.is(room.bytes, 61)
})

test('what is larger than the room goes in alone', () => {
  const room = new Room(() => ({ openCommandsMax: 10, openBytesMax: 100 }))
  assert.ok(room.tryEnter(500))
  assert.not(room.tryEnter(1))
  room.leave(500)
  assert.ok(room.tryEnter(1))
  assert.equal([room.count, room.bytes, room.waiting], [1, 1, 0])
})

test.run()
