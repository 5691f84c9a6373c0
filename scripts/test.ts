// `npm test`: provides Corosync, checks types, lint, documentation and packages, and runs every test file.

import { readCommandLine, refuseArguments } from './command-line.ts'
import { collectTests } from './runner/collect.ts'
import { endChildrenOnInterrupt } from './runner/interrupt.ts'
import { reportEnd } from './runner/report.ts'
import { runAll } from './runner/run-all.ts'
import { corosyncSteps, explainMissing } from './steps/debian.ts'
import { documentation } from './steps/documentation.ts'
import { lint } from './steps/lint.ts'
import { packages } from './steps/packages.ts'
import { runSteps } from './steps/step.ts'
import { types } from './steps/types.ts'

const help = `npm test                  everything: types, lint, documentation, packages, all test files
npm test -- PATTERN ...   only the test files whose path contains one of the patterns
npm test -- --list        names the test files and runs none
npm test -- --help        this text

As root on Debian, missing Corosync packages are installed first.
The last line sums up: N passed, N failed. The exit code is 1 when anything failed.`

const { names: patterns, flags } = readCommandLine(['list'], help)
const files = collectTests(patterns)
const paths = [...files.unit, ...files.cluster]

async function main(): Promise<void> {
  endChildrenOnInterrupt()
  explainMissing()
  const checks = patterns.length > 0 ? [] : [types, lint, documentation, packages]
  const steps = await runSteps([...corosyncSteps(), ...checks])
  const { failed } = reportEnd(steps, await runAll(files))
  process.exitCode = failed > 0 ? 1 : 0
}

if (paths.length === 0) refuseArguments(`No test file's path contains ${patterns.join(' or ')}.`, help)
if (flags.has('list')) console.log(paths.join('\n'))
else await main()
