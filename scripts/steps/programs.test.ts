import { test } from 'uvu'
import { equal, match } from 'uvu/assert'
import type { Outcome } from './command.ts'
import { type Call, callFaults, cmapCalls } from './programs.ts'

const [help, listFile, list] = cmapCalls('map.json') as [Call, Call, Call]

const sound: readonly [Call, Outcome][] = [
  [help, { end: 0, output: 'quorate-cmap: …\n  --file PATH …\n', errors: '' }],
  [listFile, { end: 0, output: 'service.limit = uint32 5\n', errors: '' }],
  [
    list,
    { end: 1, output: '', errors: 'cmap_initialize: CS_ERR_LIBRARY. Is corosync running on this node?\n' },
  ],
  [list, { end: 1, output: '', errors: 'cmap_initialize: LIBRARY_MISSING. … apt-get install libcmap4\n' }],
  [list, { end: 0, output: 'a.b = uint8 1\ntotem.version = uint32 2\n', errors: '' }],
]

for (const [call, outcome] of sound) {
  const name = call.arguments_.join(' ')
  test(`${name}: ${outcome.output}${outcome.errors} is as it must be`, () => {
    equal(callFaults(call, outcome), [])
  })

  test(`${name}: with another end, and with more on either stream, it is not`, () => {
    for (const change of [
      { end: 2 },
      { output: '', errors: '' },
      { output: `Error\n${outcome.errors}`, errors: outcome.output },
    ])
      match(callFaults(call, { ...outcome, ...change }).join(), `quorate-cmap ${name} ended with`)
  })
}

test.run()
