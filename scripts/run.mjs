// The one door of the npm scripts: brings the workspace up to date, then runs a program from its sources; benches with
// the packages as they are built for users, since the loader of sources makes what is measured a tenth slower.

import { spawn, spawnSync } from 'node:child_process'
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

const fromSources = ['--import', 'tsx', '--conditions=@quorate/source']
const options = { cwd: root, stdio: 'inherit' }

bootstrap()

if (name === 'bench') {
  const { status } = spawnSync(process.execPath, [...fromSources, join(root, programs.build)], options)
  if (status !== 0) process.exit(status ?? 1)
}
const packages = name === 'bench' ? ['--import', 'tsx'] : fromSources
const child = spawn(process.execPath, [...packages, join(root, program), ...rest], options)
// A terminal's Ctrl-C reaches the child by itself; this process only has to outlive it.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => child.kill('SIGTERM'))
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1
})
