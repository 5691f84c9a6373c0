// A replica with a storage stores snapshots of its state by itself, so that neither the log on its disk nor what it
// applies again after a restart grows for ever.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defineMachine } from '../machine/define-machine.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { MemoryDisk } from '../memory/memory-storage.ts'
import type { Storage, Stored } from '../ports/storage.ts'
import { type Cluster, type CounterReplica, onCluster, until } from './cluster.test-support.ts'
import { openReplica } from './open-replica.ts'
import type { ReplicaOptions } from './replica-options.ts'

const test = suite('compaction')

type Bounds = Pick<ReplicaOptions, 'limits' | 'timeouts'>

const alone = (play: (cluster: Cluster) => Promise<void>) => onCluster(play, [1])

async function open(cluster: Cluster, disk: MemoryDisk, bounds: Bounds): Promise<CounterReplica> {
  const replica = await cluster.open(1, { storage: disk.open(), ...bounds })
  await replica.ready({ deadlineMs: 5000 })
  return replica
}

/** Of 1 each, one entry after the other. */
async function add(replica: CounterReplica, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await replica.submit.add(1)
}

async function content(disk: MemoryDisk): Promise<Stored> {
  const storage = disk.open()
  const stored = await storage.load()
  await storage.close()
  return stored as Stored
}

const bytesOf = ({ entries }: Stored): number => entries.reduce((sum, { payload }) => sum + payload.length, 0)

const small = { limits: { logBytesMax: 2000, retainedEntriesMax: 10 } }

test(
  'entries behind the snapshot stay within their bound, and the state is there after a restart',
  alone(async (cluster) => {
    const disk = new MemoryDisk()
    const replica = await open(cluster, disk, small)
    await add(replica, 300)
    await replica.close()
    const stored = await content(disk)
    assert.ok((stored.snapshot?.index ?? 0) > 200, `the snapshot is at ${stored.snapshot?.index}`)
    assert.ok(stored.start.index <= (stored.snapshot?.index ?? 0))
    assert.ok(stored.record.commit >= (stored.snapshot?.index ?? 0))
    assert.ok(bytesOf(stored) < 4000, `${bytesOf(stored)} bytes of log`)
    const again = await open(cluster, disk, small)
    assert.is(await again.submit.add(1), 301)
  }),
)

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Gives copies of the entries, which this does not keep. */
function lending(storage: Storage, lent: WeakRef<Uint8Array>[]): Storage {
  return {
    write: (write, done) => storage.write(write, done),
    close: () => storage.close(),
    async load() {
      const stored = (await storage.load()) as Stored
      const entries = stored.entries.map((entry) => ({ ...entry, payload: entry.payload.slice() }))
      for (const { payload } of entries) lent.push(new WeakRef(payload))
      return { ...stored, entries }
    },
  }
}

test(
  'what was loaded and is not retained any more does not stay in memory',
  alone(async (cluster) => {
    const disk = new MemoryDisk()
    const before = await open(cluster, disk, {})
    await add(before, 20)
    await before.close()
    const lent: WeakRef<Uint8Array>[] = []
    const replica = await cluster.open(1, { storage: lending(disk.open(), lent), ...small })
    await add(replica, 30)
    collect()
    assert.ok(lent.length >= 20)
    assert.is(lent.filter((payload) => payload.deref() !== undefined).length, 0)
  }),
)

test(
  'what others may miss is kept behind it',
  alone(async (cluster) => {
    const disk = new MemoryDisk()
    const replica = await open(cluster, disk, { limits: { logBytesMax: 2000, retainedEntriesMax: 250 } })
    await add(replica, 300)
    await replica.close()
    const { start, snapshot, entries } = await content(disk)
    assert.ok((snapshot?.index ?? 0) - start.index > 100, `from ${start.index}, snapshot ${snapshot?.index}`)
    assert.ok(entries.length >= 250)
  }),
)

test(
  'a crash at any moment loses nothing that was answered',
  alone(async (cluster) => {
    const disk = new MemoryDisk()
    let value = 0
    for (let round = 0; round < 20; round++) {
      const replica = await open(cluster, disk, { limits: { logBytesMax: 200, retainedEntriesMax: 1 } })
      const count = 3 + ((round * 7) % 17)
      await add(replica, count)
      value += count
      disk.crash()
      await replica.close().catch(() => {})
    }
    const replica = await open(cluster, disk, small)
    assert.is(replica.state.value, value)
  }),
)

test(
  'a log that grows slowly is stored as a snapshot by its age, and only once where nothing comes behind it',
  alone(async (cluster) => {
    const disk = new MemoryDisk()
    const replica = await open(cluster, disk, { timeouts: { snapshotMs: 20 } })
    const endMs = performance.now() + 2000
    const snapshots = new Set<number | undefined>()
    while (performance.now() < endMs && snapshots.size < 3) {
      await replica.submit.add(1)
      snapshots.add(replica.status.stored?.snapshot)
    }
    assert.ok(snapshots.size >= 3, 'within 2 s')
  }),
)

test(
  'a large state is not stored each time that the log has grown by a little',
  alone(async (cluster) => {
    const disk = new MemoryDisk()
    const replica = await open(cluster, disk, { limits: { logBytesMax: 100 } })
    await Promise.all(Array.from({ length: 2000 }, (_, n) => replica.submit.register(`name ${n}`)))
    await until(() => (replica.status.stored?.snapshot ?? 0) > 0, 'a snapshot')
    const before = replica.status.stored?.snapshot
    await add(replica, 20)
    assert.is(replica.status.stored?.snapshot, before)
  }),
)

test('a state that no snapshot can be made of stops the replica, which says so', async () => {
  const machine = defineMachine({
    name: 'spoilt',
    version: 1,
    initial: () => ({ at: null as unknown }),
    reducers: {
      spoil(state) {
        state.at = new URL('http://localhost')
      },
    },
  })
  const transport = new MemoryNetwork({ nodes: [1] }).node(1)
  const storage = new MemoryDisk().open()
  const options = { machine, group: 'g', transport, voters: [1], storage, guard: false }
  await using replica = await openReplica({ ...options, limits: { logBytesMax: 1 } })
  await replica.ready({ deadlineMs: 5000 })
  await Promise.allSettled(Array.from({ length: 100 }, () => replica.submit.spoil()))
  await until(() => replica.status.ended !== null, 'its end')
  assert.match(
    String(replica.status.ended),
    /No snapshot of the machine's state can be made: .*\[5\]\.at is an instance of URL.*guard: true/,
  )
})

test.run()
