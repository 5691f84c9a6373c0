import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Clock } from '../ports/clock.ts'
import { Divergences, divergencesWithinMs } from './divergences.ts'

const test = suite('divergences')

/** What `note` says at each of these times. */
function notedAt(...timesMs: number[]): boolean[] {
  let nowMs = 0
  const clock: Clock = { monotonicMs: () => nowMs, wallMs: () => 0, setTimer: () => () => {} }
  const divergences = new Divergences(clock)
  return timesMs.map((timeMs) => {
    nowMs = timeMs
    return divergences.note()
  })
}

test('the third within the time is one too many', () => {
  assert.equal(notedAt(0, 1, divergencesWithinMs), [true, true, false])
})

test('what lies further back counts no more', () => {
  const after = divergencesWithinMs + 1
  assert.equal(notedAt(0, 1, after, after), [true, true, true, false])
})

test.run()
