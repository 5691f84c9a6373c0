// The command that a run prints is read as the run that printed it.

import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { nemesisCommand, readNemesisArguments } from './arguments.ts'

const run = { durationMs: 90_000, seed: 7, nodes: 5, fault: undefined }

for (const fault of [undefined, 'set-aside-for-any-install'] as const) {
  test(`a run ${fault === undefined ? 'of the whole protocol' : 'without a rule'} can be repeated`, () => {
    const before = process.argv
    const [, words = ''] = nemesisCommand({ ...run, fault }).split(' -- ')
    process.argv = [...before.slice(0, 2), ...words.split(' ')]
    const { durationMs, seed, nodes, ...rest } = readNemesisArguments()
    process.argv = before
    equal({ durationMs, seed, nodes, fault: rest.fault }, { ...run, fault })
  })
}

test.run()
