// The example, run as users run it.
// deadline: 120 s

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import { is, match } from 'uvu/assert'

test('what all share changes at one index, what is local on one node, and a difference is told', () => {
  const program = fileURLToPath(new URL('./main.ts', import.meta.url))
  const { stdout, stderr, status } = spawnSync(process.execPath, [...process.execArgv, program], {
    encoding: 'utf8',
    timeout: 30_000,
  })
  is(status, 0, stderr)
  match(stdout, /bob: All 1 tickets are sold[\s\S]*same index on all replicas: true[\s\S]*bob: ticket 2/)
  match(stdout, /make 1 entry[\s\S]*limits\.batchCommandsMax[\s\S]*make 5 entries/)
  match(stdout, /node 3: tickets\.ticketsMax is 9 here and 2 in the group\n {2}cid: All 2 tickets are sold/)
})

test.run()
