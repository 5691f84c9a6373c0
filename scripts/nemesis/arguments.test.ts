// The command that a run prints is read as the run that printed it.

import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { nemesisCommand, readNemesisArguments } from './arguments.ts'

const run = { durationMs: 90_000, seed: 7, nodes: 5, storage: null, fault: undefined }
const runs = {
  'a run of the whole protocol': run,
  'a run without a rule': { ...run, fault: 'set-aside-for-any-install' },
  'a run with storage': { ...run, storage: 'lmdb' },
} as const

for (const [name, each] of Object.entries(runs)) {
  test(`${name} can be repeated`, () => {
    const before = process.argv
    const [, words = ''] = nemesisCommand(each).split(' -- ')
    process.argv = [...before.slice(0, 2), ...words.split(' ')]
    const { durationMs, seed, nodes, storage, fault } = readNemesisArguments()
    process.argv = before
    equal({ durationMs, seed, nodes, storage, fault }, each)
  })
}

test.run()
