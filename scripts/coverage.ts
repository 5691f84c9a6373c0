// `npm run coverage`: runs the tests (those that match the arguments) and writes what they reached to coverage/.
// V8 records into a folder of this run's own; c8 turns that into reports.

import { join } from 'node:path'
import { readCommandLine, refuseArguments } from './command-line.ts'
import { root } from './root.ts'
import { collectTests } from './runner/collect.ts'
import { endChildrenOnInterrupt } from './runner/interrupt.ts'
import { reportEnd } from './runner/report.ts'
import { runAll } from './runner/run-all.ts'
import { run, tool } from './steps/command.ts'
import { corosyncSteps, explainMissing } from './steps/debian.ts'
import { runSteps } from './steps/step.ts'
import { temporaryFolder } from './temporary-folder.ts'

const help = `npm run coverage                  all tests under coverage: a table, coverage/index.html, coverage/lcov.info
npm run coverage -- PATTERN ...   only the test files whose path contains one of the patterns
npm run coverage -- --help        this text`

function report(recorded: string): Promise<string> {
  const reporters = ['text', 'lcov', 'html'].flatMap((name) => ['--reporter', name])
  const sources = [
    '--all',
    '--src',
    'packages',
    '--include',
    'packages/*/src/**',
    '--exclude',
    '**/*.test.ts',
  ]
  const folders = ['--temp-directory', recorded, '--reports-dir', join(root, 'coverage')]
  return run(tool('c8'), ['report', ...reporters, ...sources, ...folders])
}

const { names: patterns } = readCommandLine([], help)
const files = collectTests(patterns)
if (files.unit.length + files.cluster.length === 0)
  refuseArguments(`No test file's path contains ${patterns.join(' or ')}.`, help)
endChildrenOnInterrupt()
explainMissing()
const steps = await runSteps(corosyncSteps())
const recorded = temporaryFolder('coverage')
const results = await runAll(files, { environment: { NODE_V8_COVERAGE: recorded } })
console.log(await report(recorded))
process.exitCode = reportEnd(steps, results).failed > 0 ? 1 : 0
