import { test } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { defaultDeadlineMs, readDeadlineMs } from './deadline.ts'

test('a file that says nothing has the default deadline', () => {
  equal(readDeadlineMs("import { test } from 'uvu'\n"), { deadlineMs: defaultDeadlineMs })
})

test('a comment line raises the deadline', () => {
  equal(readDeadlineMs('// Slow.\n// deadline: 600 s\n'), { deadlineMs: 600_000 })
})

for (const text of ['10 min', '600', '600s', '6e2 s']) {
  test(`"${text}" is refused, not ignored`, () => {
    match(readDeadlineMs(`// deadline: ${text}\n`).fault ?? '', text)
  })
}

test('a deadline within a line is none', () => {
  is(readDeadlineMs("const comment = '// deadline: 600 s'\n").deadlineMs, defaultDeadlineMs)
})

test.run()
