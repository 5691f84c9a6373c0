import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { countAll, formatCounts, slowest } from './report.ts'
import type { FileResult } from './run-file.ts'

const file = (passed: number, failed: number, skipped: number): FileResult => ({
  path: 'a.test.ts',
  output: '',
  durationMs: 1,
  faults: failed > 0 ? ['one'] : [],
  passed,
  failed,
  skipped,
})

const step = (ok: boolean) => ({ name: 'types', ok, output: '', durationMs: 1 })

test('steps count as one each, beside the tests', () => {
  is(formatCounts(countAll([step(true), step(false)], [file(3, 0, 0), file(1, 2, 0)])), '5 passed, 3 failed')
})

test('skips are named only when there are some', () => {
  is(formatCounts(countAll([], [file(3, 0, 2)])), '3 passed, 0 failed, 2 skipped')
})

test('an interrupted run is no success', () => {
  is(formatCounts(countAll([], [file(3, 0, 0)], true)), '3 passed, 1 failed')
})

const lasting = (durationMs: number): FileResult => ({ ...file(1, 0, 0), durationMs })

test('of many files those that took longest are named, longest first; of a few none', () => {
  const durations = [3, 1, 20, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
  equal(
    slowest(durations.map(lasting)).map(({ durationMs }) => durationMs),
    [20, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4],
  )
  equal(slowest([lasting(1)]), [])
})

test.run()
