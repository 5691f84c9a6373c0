import { test } from 'uvu'
import { equal, match } from 'uvu/assert'
import { type Ending, judge } from './verdict.ts'

const summary = (total: number, passed: number, skipped = 0): string =>
  `\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   ${skipped}\n  Duration:  1.00ms\n\n`

const ended = (output: string, more: Partial<Ending> = {}): Ending => ({
  output,
  cause: 'itself',
  status: 0,
  leftovers: [],
  ...more,
})

test('all tests passed and nothing is left: a pass', () => {
  equal(judge(ended(summary(3, 3, 1))), { passed: 3, failed: 0, skipped: 1, faults: [] })
})

test('a file whose tests are all skipped is no fault: what they need is missing', () => {
  equal(judge(ended(summary(0, 0, 4))), { passed: 0, failed: 0, skipped: 4, faults: [] })
})

test('fewer passed than there are fails, even with exit code 0', () => {
  const verdict = judge(ended(summary(5, 3)))
  equal([verdict.passed, verdict.failed], [3, 2])
})

test('a failure beside passing tests counts as one', () => {
  const verdict = judge(ended(summary(5, 5), { status: 'SIGABRT' }))
  equal([verdict.passed, verdict.failed], [5, 1])
})

test('two summaries fail: the second could hide the first', () => {
  match(judge(ended(summary(2, 2) + summary(3, 3))).faults.join(), 'more than one summary')
})

test('a summary that something else imitates within a line is none', () => {
  match(judge(ended('x  Total:     1\n  Passed:    1\n')).faults.join(), 'no summary')
})

test.run()
