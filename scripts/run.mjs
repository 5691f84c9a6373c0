// The one door of the npm scripts: brings the workspace up to date, then runs a program from its sources.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'

const programs = {
  start: 'examples/config-store/main.ts',
  test: 'scripts/test.ts',
  check: 'scripts/check.ts',
  fix: 'scripts/fix.ts',
  coverage: 'scripts/coverage.ts',
  bench: 'scripts/bench.ts',
  simulate: 'scripts/simulate.ts',
  nemesis: 'scripts/nemesis.ts',
  build: 'scripts/build.ts',
}

const [name, ...rest] = process.argv.slice(2)
const program = programs[name]
if (program === undefined) {
  console.error(`Unknown program ${name ?? '(none)'}; there are: ${Object.keys(programs).join(', ')}`)
  process.exit(2)
}

bootstrap()

const child = spawn(
  process.execPath,
  ['--import', 'tsx', '--conditions=@quorate/source', join(root, program), ...rest],
  { cwd: root, stdio: 'inherit' },
)
// A terminal's Ctrl-C reaches the child by itself; this process only has to outlive it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1
})
