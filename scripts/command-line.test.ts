// Programs as they are called with arguments: what they do not know starts no work.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'uvu'
import { is, match, not } from 'uvu/assert'
import { root, sourceArguments } from './root.ts'

function call(program: string, argument: string) {
  const all = [...sourceArguments, join(root, `scripts/${program}.ts`), argument]
  return spawnSync(process.execPath, all, { cwd: root, encoding: 'utf8' })
}

for (const program of ['check', 'coverage', 'simulate']) {
  test(`${program} explains itself, and does nothing else`, () => {
    const { status, stdout } = call(program, '--help')
    is(status, 0)
    match(stdout, new RegExp(`^npm run ${program} .*this text\\n$`, 's'))
  })

  for (const argument of ['--no-such-option', 'no-such-name'])
    test(`${program} refuses ${argument}`, () => {
      const { status, stdout, stderr } = call(program, argument)
      is(status, 2)
      is(stdout, '')
      match(stderr, argument)
      match(stderr, `\n\nnpm run ${program}`)
      not.match(stderr, 'positional')
    })
}

for (const argument of ['--seeds=0', '--jobs=0', '--nodes=4', '--trace'])
  test(`simulate refuses ${argument}`, () => is(call('simulate', argument).status, 2))

test.run()
