// The service's command line, without a corosync: what is refused, and how a failure is told.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import { is, match } from 'uvu/assert'

const program = fileURLToPath(new URL('./serve.ts', import.meta.url))

function run(...options: string[]) {
  return spawnSync(process.execPath, [...process.execArgv, program, ...options], { encoding: 'utf8' })
}

test('--help says what there is', () => {
  const { status, stdout } = run('--help')
  is(status, 0)
  for (const option of ['--group', '--host', '--port', '--operator']) match(stdout, option)
})

test('options that are not there, and ports that are none, show the help', () => {
  for (const options of [['--fast'], ['--port', '']]) {
    const { status, stderr } = run(...options)
    is(status, 2, options.join(' '))
    match(stderr, /Usage: serve\.ts/)
  }
})

/** No group of any corosync that may be running here: this name is refused. */
const noGroup = ['--group', '']

test('what keeps it from running is one line and exit code 1, and not a stack', () => {
  const { status, stderr } = run(...noGroup)
  is(status, 1)
  match(stderr, /^[^\n]+\n$/)
})

test.run()
