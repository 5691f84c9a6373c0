import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Obstacle } from '../protocol/output.ts'
import { describeObstacle } from './describe-obstacle.ts'

const test = suite('obstacles in words')

const described: readonly (readonly [Obstacle, RegExp])[] = [
  [
    { reason: 'no-quorum', missing: [2] },
    /^missing is node 2: start it or mend the network to it\. .* replica\.force$/,
  ],
  [{ reason: 'no-quorum', missing: [] }, /quorum service says no: see corosync-quorumtool/],
  [{ reason: 'bootstrap', missing: [2, 3] }, /has not begun, .* missing are the nodes 2, 3: start them$/],
  [{ reason: 'bootstrap', missing: [] }, /remember nothing, .* replica\.force/],
  [{ reason: 'ambiguous', index: 7, missing: [3] }, /at entry 7, .* start node 3\. .* logOf/],
  [{ reason: 'groups', nodeids: [1, 2] }, /two groups of the same name: give one of them another name/],
  [{ reason: 'two-votes', nodeids: [1] }, /two processes vote for node 1, .* end one of them/],
  [{ reason: 'broken-order', index: 7 }, /two different entries 7 .* report it/],
  [
    { reason: 'version', needed: { protocol: 1, machine: 5 }, nodeids: [3] },
    /^node 3 cannot run version 5 of the machine and 1 of the protocol: start a program there that can/,
  ],
  [{ reason: 'no-such-log', nodeid: 4 }, /the log of node 4, .* start it, or name another/],
]

test('each says what is missing and what to do', () => {
  for (const [obstacle, words] of described) assert.match(describeObstacle(obstacle), words)
})

test.run()
