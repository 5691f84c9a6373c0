// One vote per node (R2.1): who would be a second voter waits, says so, and can be told to give up.

import { channel } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { failureOf, onCluster, until } from './cluster.test-support.ts'

const test = suite('the vote of a node')

test(
  'a second voter of a node joins only when the first is closed, and says what it waits for',
  onCluster(
    async (cluster) => {
      const first = await cluster.open(1)
      await first.submit.add(5)
      const told: unknown[] = []
      const note = (message: unknown) => told.push(message)
      channel('quorate:warning').subscribe(note)
      const warned = once(process, 'warning')
      const second = cluster.open(1)
      const [warning] = await warned
      channel('quorate:warning').unsubscribe(note)
      const lock = "the lock of a network in memory for node 1 in group 'test'"
      assert.equal(told, [{ group: 'test', nodeid: 1, notice: 'vote-held', lock }])
      assert.is(warning.code, 'QUORATE_VOTE_HELD')
      assert.match(
        warning.message,
        /replica of 'test' on node 1 waits: .* close the other, or end its process/,
      )
      assert.is(first.status.members.length, 1)
      await first.close()
      await (await second).ready({ deadlineMs: 5000 })
    },
    [1],
  ),
)

test(
  'learners need no vote',
  onCluster(
    async (cluster) => {
      const voter = await cluster.open(1)
      const learner = await cluster.open(1, { role: 'learner' })
      await voter.submit.add(5)
      await until(() => learner.state.value === 5, 'the learner has it')
    },
    [1],
  ),
)

test(
  'opening is given up by its signal, before and while it waits, and leaves nothing behind',
  onCluster(
    async (cluster) => {
      assert.is(await failureOf(cluster.open(1, { signal: AbortSignal.abort() })), 'Aborted')
      const first = await cluster.open(1)
      const controller = new AbortController()
      const second = failureOf(cluster.open(1, { signal: controller.signal }))
      await sleep(10)
      controller.abort(new Error('the service ends'))
      assert.is(await second, 'Aborted')
      await first.close()
      await (await cluster.open(1)).ready({ deadlineMs: 5000 })
    },
    [1],
  ),
)

test(
  'a replica that could not be opened has given its vote back',
  onCluster(
    async (cluster) => {
      cluster.network.crashNode(1)
      assert.match(
        String(await cluster.open(1).catch((error: unknown) => error)),
        /The daemon of node 1 is down/,
      )
      cluster.network.restartNode(1)
      await (await cluster.open(1)).ready({ deadlineMs: 5000 })
    },
    [1],
  ),
)

test(
  'a signal that fires once the replica is open means nothing',
  onCluster(
    async (cluster) => {
      const controller = new AbortController()
      const replica = await cluster.open(1, { signal: controller.signal })
      controller.abort()
      assert.is(await replica.submit.add(1), 1)
    },
    [1],
  ),
)

test.run()
