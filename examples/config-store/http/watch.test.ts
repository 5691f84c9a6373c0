// What watchers see: where they began, every key's last value, no matter how slow they are or what their replica missed.

import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { nodes } from '../../stage/stage.ts'
import type { Change } from '../tour/changes.ts'
import { MemoryStage } from '../tour/in-memory.ts'
import { Visitor } from '../tour/visitor.ts'

const test = suite<{ visitor: Visitor }>('watch')

test.before.each(async (context) => {
  context.visitor = new Visitor(await MemoryStage.open(0), () => {}, new AbortController().signal)
  await context.visitor.until(nodes, true)
})

test.after.each(({ visitor }) => visitor.stage.close())

/** All changes until the store's `revision` is reached. */
async function changesTo(watched: AsyncIterable<Change>, revision: number): Promise<Change[]> {
  const seen: Change[] = []
  for await (const change of watched) {
    if (change.change !== 'current') seen.push(change)
    else if ((change.data.revision ?? 0) >= revision) break
  }
  return seen
}

test('a watcher gets the keys as they are, then puts and deletes below its prefix', async ({ visitor }) => {
  await visitor.askQuietly(1, 'PUT /keys/a/1', { value: 'x' })
  const watched = visitor.watch(1, 'a/')
  const first = await watched.next()
  equal(first.value, { change: 'put', data: { key: 'a/1', value: 'x', version: 1 } })
  await visitor.askQuietly(2, 'PUT /keys/b/1', { value: 'not below' })
  await visitor.askQuietly(2, 'PUT /keys/a/2', { value: 'y' })
  await visitor.askQuietly(2, 'DELETE /keys/a/1')
  equal(await changesTo(watched, 4), [
    { change: 'put', data: { key: 'a/2', value: 'y', version: 3 } },
    { change: 'delete', data: { key: 'a/1' } },
  ])
})

test('a watcher that does not read gets the last value without those between', async ({ visitor }) => {
  const puts = 200
  const watched = visitor.watch(1, '')
  await watched.next()
  const value = 'x'.repeat(65_000)
  for (let i = 1; i <= puts; i++) await visitor.askQuietly(1, 'PUT /keys/big', { value: `${value}${i}` })
  const seen = await changesTo(watched, puts)
  ok(seen.length < puts, `${seen.length} changes of ${puts} were kept for it`)
  is(seen.at(-1)?.data.version, puts)
})

test('a watcher of a replica that was cut off gets what changed meanwhile', async ({ visitor }) => {
  await visitor.askQuietly(1, 'PUT /keys/gone', { value: 'x' })
  await visitor.askQuietly(1, 'GET /keys/gone')
  const watched = visitor.watch(1, '')
  await watched.next()
  await visitor.stage.partition([[1], [2, 3]])
  await visitor.until([2, 3], true)
  await visitor.askQuietly(2, 'DELETE /keys/gone')
  await visitor.askQuietly(2, 'PUT /keys/new', { value: 'y' })
  await visitor.stage.heal()
  const seen = await changesTo(watched, 3)
  equal(seen.map(({ change, data }) => `${change} ${data.key}`).sort(), ['delete gone', 'put new'])
})

test.run()
