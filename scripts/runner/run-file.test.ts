// Every false green of uvu, as a fixture, is counted as what it is.

import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import { commandLine } from './marks.ts'
import { type FileResult, type RunFileOptions, runFile } from './run-file.ts'

const fixture = (name: string, options: RunFileOptions = {}): Promise<FileResult> =>
  runFile(`scripts/fixtures/${name}.ts`, { graceMs: 1000, ...options })

const counts = ({ passed, failed, skipped }: FileResult): number[] => [passed, failed, skipped]

test('a sound file passes', async () => {
  const result = await fixture('passing')
  equal(result.faults, [])
  equal(counts(result), [2, 0, 0])
})

test('skipped tests are counted and no fault', async () => {
  const result = await fixture('skipping')
  equal(result.faults, [])
  equal(counts(result), [1, 0, 2])
})

test('a test may start Node with the arguments that it has itself', async () => {
  equal((await fixture('starts-node')).faults, [])
})

const faulty: [name: string, counts: number[], fault: RegExp][] = [
  ['failing', [1, 1, 0], /1 of 2 did not pass/],
  ['before-throws', [0, 1, 0], /1 of 1 did not pass/],
  ['after-each-throws', [0, 2, 0], /2 of 2 did not pass/],
  ['never-runs', [0, 1, 0], /test\.run\(\) does not follow/],
  ['runs-half', [0, 1, 0], /products\.run\(\) does not follow/],
  ['hidden-run', [0, 1, 0], /printed no summary/],
  ['empty', [0, 1, 0], /ran no tests/],
  ['no-tests', [0, 1, 0], /printed no summary/],
  ['open-handle', [1, 1, 0], /kept handles open/],
  ['exits-early', [0, 1, 0], /printed no summary/],
  ['exits-late', [1, 1, 0], /ended with 3/],
  ['killed', [0, 1, 0], /ended with SIGSEGV/],
  ['unreadable-deadline', [0, 1, 0], /is no deadline/],
]

for (const [name, expected, fault] of faulty) {
  test(`the fixture ${name} fails`, async () => {
    const result = await fixture(name)
    match(result.faults.join('\n'), fault)
    equal(counts(result), expected)
  })
}

for (const name of ['hanging', 'busy']) {
  test(`the fixture ${name} is ended at its deadline`, async () => {
    const result = await fixture(name, { deadlineMs: 2000 })
    match(result.faults.join('\n'), /overran its deadline/)
    equal(counts(result), [0, 1, 0])
    ok(result.durationMs >= 2000 && result.durationMs < 20_000)
  })
}

test('what overruns its deadline may take down what it started', async () => {
  // Enough to start on a busy machine: before that there is nobody to clean up.
  const result = await fixture('cleans-up', { deadlineMs: 8000 })
  match(result.output, 'cleaned up')
})

test('a daemon that outlives its test is a fault and is ended', async () => {
  const result = await fixture('leaves-daemon')
  match(result.faults.join('\n'), /left a process running: sleep 300/)
  const pid = Number(/daemon (\d+)/.exec(result.output)?.[1])
  ok(pid > 0)
  ok(!commandLine(pid).includes('sleep'))
})

test.run()
