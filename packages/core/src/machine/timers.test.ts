import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { choiceFrom } from '../choice.test-support.ts'
import { type Timer, Timers } from './timers.ts'

const command = new Uint8Array(0)

function keys(timers: readonly Timer[]): string[] {
  return timers.map(({ key }) => key)
}

test('timers are due in order of time, then of scheduling', () => {
  const timers = new Timers()
  for (const [key, atMs] of [
    ['c', 30],
    ['b', 10],
    ['d', 40],
    ['a', 10],
  ] as const)
    timers.schedule(key, atMs, command)
  assert.is(timers.nextMs, 10)
  assert.equal(keys(timers.due(30)), ['b', 'a', 'c'])
  assert.equal(keys(timers.all()), ['b', 'a', 'c', 'd'])
})

test('a timer of the same key is replaced; one that was taken or cancelled is gone', () => {
  const timers = new Timers()
  timers.schedule('a', 10, command)
  const [old] = timers.all()
  timers.schedule('a', 20, command)
  assert.equal(timers.due(15), [])
  assert.not(timers.take(old as Timer))
  const [due] = timers.due(20)
  assert.ok(timers.take(due as Timer))
  assert.not(timers.take(due as Timer))
  timers.schedule('b', 5, command)
  timers.cancel('b')
  assert.is(timers.nextMs, null)
})

test('what was done since a mark is taken back', () => {
  const timers = new Timers()
  timers.schedule('a', 10, command)
  timers.keep()
  const mark = timers.mark()
  timers.schedule('a', 99, command)
  timers.schedule('b', 5, command)
  timers.cancel('a')
  timers.rollback(mark)
  assert.equal(timers.all(), [{ key: 'a', atMs: 10, sequence: 1, command }])
  assert.is(timers.nextMs, 10)
  assert.is(timers.scheduled, 1)
})

test('after random changes, the next timer and those due are what a plain list says', () => {
  const choose = choiceFrom(3)
  for (let run = 0; run < 300; run++) {
    const timers = new Timers()
    for (let step = 0; step < 60; step++) {
      changeAtRandom(timers, choose)
      const all = timers.all()
      assert.is(timers.nextMs, all[0]?.atMs ?? null)
      const nowMs = choose(100)
      assert.equal(
        timers.due(nowMs),
        all.filter(({ atMs }) => atMs <= nowMs),
      )
    }
  }
})

function changeAtRandom(timers: Timers, choose: (count: number) => number): void {
  const mark = timers.mark()
  for (let count = choose(4); count > 0; count--) {
    const key = `key ${choose(12)}`
    if (choose(3) === 0) timers.cancel(key)
    else timers.schedule(key, choose(100), command)
  }
  if (choose(3) === 0) timers.rollback(mark)
  else if (choose(2) === 0) for (const timer of timers.due(choose(60))) timers.take(timer)
  timers.keep()
}

test('a timer that is renewed all the time is kept once', () => {
  const timers = new Timers()
  for (let count = 0; count < 10_000; count++) {
    timers.schedule('lease', 1_000_000 + count, command)
    timers.keep()
  }
  assert.ok(timers.queued < 100, `${timers.queued} are queued`)
})

test.run()
