// deadline: 300 s
// A thousand memberships and a hundred deaths of the daemon in one process: nothing may be left of them.

import { readdirSync } from 'node:fs'
import type { TransportEvent } from '@quorate/core'
import { CorosyncCluster } from '@quorate/testkit'
import * as assert from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { Remote } from './support/remote.ts'

interface Holdings {
  readonly rssMb: number
  readonly heapMb: number
  readonly descriptors: number
  readonly maps: number
  readonly callbacks: number
  readonly resources: readonly string[]
}

const test = clusterTest('endurance')

/**
 * The allocator's own coming and going, with an arena for each thread that a busy machine lets run beside the others.
 * One handle that is not freed holds some 3 MiB of shared memory, and there are a thousand.
 */
const rssNoiseMb = 48
const heapNoiseMb = 2

function assertNoGrowth(before: Holdings, after: Holdings): void {
  assert.ok(after.rssMb < before.rssMb + rssNoiseMb, `resident ${before.rssMb} MiB, then ${after.rssMb} MiB`)
  assert.ok(after.heapMb < before.heapMb + heapNoiseMb, `heap ${before.heapMb} MiB, then ${after.heapMb} MiB`)
  const { descriptors, maps, callbacks, resources } = before
  assert.equal(
    {
      descriptors: after.descriptors,
      maps: after.maps,
      callbacks: after.callbacks,
      resources: after.resources,
    },
    { descriptors, maps, callbacks, resources },
  )
}

test('1,000 joins and closes, then 100 daemon restarts, leave nothing behind', async () => {
  const cluster = await CorosyncCluster.start({ nodes: 1 })
  const node = cluster.node(1)
  const execArgv = process.execArgv
  process.execArgv = [...execArgv, '--expose-gc']
  const remote = await Remote.start<TransportEvent>(node, 'endurance')
  process.execArgv = execArgv
  try {
    await remote.call('cycles', 200)
    const before = await remote.call<Holdings>('holdings')
    const sharedBefore = readdirSync(node.path('/dev/shm')).length
    await remote.call('cycles', 1000)
    assertNoGrowth(before, await remote.call<Holdings>('holdings'))
    assert.is(readdirSync(node.path('/dev/shm')).length, sharedBefore, 'files in /dev/shm')

    await remote.call('join')
    for (let restarts = 1; restarts <= 100; restarts++) {
      await node.daemon.kill('SIGKILL')
      await node.daemon.start()
      const ups = (events: readonly TransportEvent[]): boolean =>
        events.filter((event) => event.type === 'up').length === restarts && events.at(-1)?.type !== 'up'
      await remote.waitFor(`rejoining after restart ${restarts}`, ups)
    }
    await remote.call('close')
    assertNoGrowth(before, await remote.call<Holdings>('holdings'))
    assert.is(remote.stderr, '')
  } finally {
    await cluster.close()
  }
})

test.run()
