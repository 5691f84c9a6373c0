import { test } from 'uvu'
import { is, ok, throws } from 'uvu/assert'
import { type Point, slopePerMinute } from './slope.ts'

const line = (valueAt: (minute: number) => number): Point[] =>
  Array.from({ length: 60 }, (_, place) => ({ minute: place / 2, value: valueAt(place / 2) }))

test('what grows evenly grows by its slope, whatever it begins with', () => {
  is(slopePerMinute(line((minute) => 100 + 3 * minute)), 3)
  is(slopePerMinute(line((minute) => 100 - 3 * minute)), -3)
})

test('what stays has slope 0', () => is(slopePerMinute(line(() => 42)), 0))

test('points need not come evenly, nor in order', () => {
  is(slopePerMinute([7, 0, 1, 30].map((minute) => ({ minute, value: 2 * minute }))), 2)
})

test('a few points far off change nothing', () => {
  const outliers = line((minute) => (minute % 6 === 0 ? 1000 : minute))
  const slope = slopePerMinute(outliers)
  ok(Math.abs(slope - 1) < 0.01, `${slope}`)
})

test('a sawtooth that comes back to where it was does not grow', () => {
  const slope = slopePerMinute(line((minute) => 20 * (minute % 2)))
  ok(Math.abs(slope) < 0.5, `${slope}`)
})

test('one instant has no slope', () => {
  throws(() => slopePerMinute([]), RangeError)
  throws(() => slopePerMinute([1, 2].map((value) => ({ minute: 1, value }))), RangeError)
})

test.run()
