// The machine on one replica: its rules, apart from how they are asked for.

import { MemoryNetwork, openReplica, Rejection } from '@quorate/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { keysMax, type StoreReplica, store } from './store.ts'

const test = suite<{ replica: StoreReplica }>('store')

test.before.each(async (context) => {
  const transport = new MemoryNetwork({ nodes: [1] }).node(1)
  context.replica = await openReplica({ machine: store, group: 'store', transport, voters: [1] })
})

test.after.each(({ replica }) => replica.close())

const put = (replica: StoreReplica, key: string, ttlMs: number | null = null) =>
  replica.submit.put({ key, value: 'x', condition: 'any', ttlMs })

async function codeOf(call: Promise<unknown>): Promise<string> {
  const error = await call.catch((thrown: unknown) => thrown)
  return error instanceof Rejection ? error.code : `${error}`
}

test('a version never comes again, also after a delete', async ({ replica }) => {
  const { version } = await put(replica, 'a')
  await replica.submit.delete({ key: 'a', condition: 'any' })
  const again = await put(replica, 'a')
  ok(again.created)
  ok(again.version > version)
  is(await codeOf(replica.submit.delete({ key: 'a', condition: version })), 'version-mismatch')
})

test('commands of one batch get versions of their own', async ({ replica }) => {
  const versions = await Promise.all(['a', 'b', 'a'].map((key) => put(replica, key)))
  equal(
    versions.map(({ version }) => version),
    [1, 2, 3],
  )
})

test('a lease that ends is told by an event; one that was put anew or deleted does not end', async ({
  replica,
}) => {
  const events = replica.events()
  await put(replica, 'renewed', 50)
  await put(replica, 'renewed')
  await put(replica, 'deleted', 50)
  await replica.submit.delete({ key: 'deleted', condition: 'any' })
  await put(replica, 'ends', 100)
  equal((await events.next()).value?.event, { expired: 'ends' })
  equal([...replica.state.entries.keys()], ['renewed'])
})

test('a full store refuses new keys with and without leases, and goes on', async ({ replica }) => {
  await Promise.all(Array.from({ length: keysMax }, (_, i) => put(replica, `${i}`, 600_000)))
  is(await codeOf(put(replica, 'one too many', 1000)), 'full')
  const { created } = await put(replica, '0', 1000)
  is(created, false)
})

test.run()
