// The program as it is called, on what it answers without measuring.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'uvu'
import { is, match } from 'uvu/assert'
import { root, sourceArguments } from './root.ts'

function bench(...arguments_: string[]) {
  const all = [...sourceArguments, join(root, 'scripts/bench.ts'), ...arguments_]
  return spawnSync(process.execPath, all, { cwd: root, encoding: 'utf8' })
}

test('an unknown bench is refused with a list of those that there are', () => {
  const { status, stderr, stdout } = bench('no-such-bench')
  is(status, 2)
  match(stderr, 'Name one bench; there are:')
  is(stdout, '')
})

test('an unknown option is refused', () => {
  const { status, stderr } = bench('--quik')
  is(status, 2)
  match(stderr, "Unknown option '--quik'")
})

for (const [arguments_, message] of [
  [['memory', '--minutes=0'], '--minutes is a number above 0, and not 0.'],
  [['core', '--minutes=1'], 'The bench core measures as long as it needs'],
] as const)
  test(`${arguments_.join(' ')} is refused before anything is measured`, () => {
    const { status, stderr, stdout } = bench(...arguments_)
    is(status, 2)
    match(stderr, message)
    is(stdout, '')
  })

test('--list names every bench with what it measures', () => {
  const { status, stdout } = bench('--list')
  is(status, 0)
  for (const name of ['core', 'memory', 'replica', 'transport'])
    match(stdout, new RegExp(`^${name}: .+`, 'm'))
})

test('--help explains and ends well', () => {
  const { status, stdout } = bench('--help')
  is(status, 0)
  match(stdout, '--check')
})

test.run()
