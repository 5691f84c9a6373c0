// deadline: 300 s
// A thousand memberships in one process, and a hundred deaths of the daemon under another: nothing may be left of them.

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

interface Endured {
  readonly cluster: CorosyncCluster
  readonly remote: Remote<TransportEvent>
}

/** A process on a node of its own, which has joined and closed so often that what it holds for good is there. */
async function endure(work: (endured: Endured) => Promise<void>): Promise<void> {
  await using cluster = await CorosyncCluster.start({ nodes: 1 })
  const remote = await Remote.start<TransportEvent>(cluster.node(1), 'endurance', ['--expose-gc'])
  await remote.call('cycles', 200)
  const before = await remote.call<Holdings>('holdings')
  await work({ cluster, remote })
  assertNoGrowth(before, await remote.call<Holdings>('holdings'))
  assert.is(remote.stderr, '')
}

async function joinAndClose({ cluster, remote }: Endured): Promise<void> {
  const shared = (): number => readdirSync(cluster.node(1).path('/dev/shm')).length
  const before = shared()
  await remote.call('cycles', 1000)
  assert.is(shared(), before, 'files in /dev/shm')
}

async function restartDaemon({ cluster, remote }: Endured): Promise<void> {
  const { daemon } = cluster.node(1)
  await remote.call('join')
  for (let restarts = 1; restarts <= 100; restarts++) {
    await daemon.kill('SIGKILL')
    await daemon.start()
    const ups = (events: readonly TransportEvent[]): boolean =>
      events.filter((event) => event.type === 'up').length === restarts && events.at(-1)?.type !== 'up'
    await remote.waitFor(`rejoining after restart ${restarts}`, ups)
  }
  await remote.call('close')
}

test('1,000 joins and closes, and beside them 100 daemon restarts, leave nothing behind', async () => {
  await Promise.all([endure(joinAndClose), endure(restartDaemon)])
})

test.run()
