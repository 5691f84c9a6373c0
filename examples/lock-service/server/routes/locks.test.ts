// Locks by HTTP: looked at, validated, followed.

import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { type Context, Nodes } from '../service.test-support.ts'

const test = suite<Context>('locks')

test.before(async (context) => {
  context.nodes = await Nodes.open()
})
test.after(({ nodes }) => nodes.close())

test('a lock is shown with who holds it and who waits, also one that nobody uses', async ({ nodes }) => {
  const [a, b] = [await nodes.openSession(), await nodes.openSession()]
  const { body: granted } = await nodes.acquire(a, 'x', { value: 'hello', owner: 'o' })
  await nodes.acquire(b, 'x', { wants: [{ mode: 'shared', lock: 'x' }] })
  const { body } = await nodes.ask('GET', '/locks/x', undefined, { node: 2 })
  const { tag, ...shown } = body
  is(tag.length, 16)
  equal(shown, {
    ...{ lock: 'x', permits: 0, used: 1, sharers: 0, waiting: 1, delayedUntilMs: 0, values: {} },
    holders: [
      {
        ...{ session: a, id: 'x', owner: 'o', mode: 'exclusive', count: 1, value: 'hello' },
        token: granted.tokens.x,
      },
    ],
    waiters: [{ session: b, id: 'x', owner: '', mode: 'shared', count: 1, value: null, token: null }],
  })
  const unused = await nodes.ask('GET', '/locks/unused')
  equal([unused.status, unused.body.holders, unused.body.waiting], [200, [], 0])
})

test('names may be long, and have slashes and whatever else', async ({ nodes }) => {
  const session = await nodes.openSession()
  for (const lock of ['a/b/c', 'Größe ?&#%', '語'.repeat(512)]) {
    const { body } = await nodes.acquire(session, lock.slice(0, 9), { wants: [{ mode: 'exclusive', lock }] })
    equal(Object.keys(body.tokens), [lock])
    const path = `/locks/${encodeURIComponent(lock)}`
    is((await nodes.ask('GET', path)).body.holders[0].session, session)
    is((await nodes.ask('GET', `${path}/validate?token=${body.tokens[lock]}`)).body.valid, true)
  }
  is((await nodes.acquire(session, '__proto__')).body.error.code, 'bad-request')
})

test('locks are listed by prefix, in parts', async ({ nodes }) => {
  const session = await nodes.openSession()
  for (const lock of ['list/1', 'list/2', 'list/3', 'lisu'])
    await nodes.acquire(session, lock.replace('/', '-'), {
      wants: [{ mode: 'exclusive', lock }],
    })
  const names = async (query: string): Promise<unknown[]> => {
    const { body } = await nodes.ask('GET', `/locks?prefix=list/&${query}`)
    return [...body.locks.map(({ lock }: { lock: string }) => lock), body.after]
  }
  equal(await names('limit=2'), ['list/1', 'list/2', 'list/2'])
  equal(await names('limit=2&after=list/2'), ['list/3', null])
  equal(await names('limit=3&after=a'), ['list/1', 'list/2', 'list/3', 'list/3'])
  equal(await names('after=z'), [null])
})

test('a token is valid as long as its holder holds', async ({ nodes }) => {
  const session = await nodes.openSession()
  const { body } = await nodes.acquire(session, 'fenced')
  const valid = async (token: number): Promise<unknown> =>
    (await nodes.ask('GET', `/locks/fenced/validate?token=${token}`, undefined, { node: 2 })).body
  const token = body.tokens.fenced
  equal([await valid(token), await valid(token + 1)], [{ valid: true }, { valid: false }])
  await nodes.release(session, 'fenced')
  equal(await valid(token), { valid: false })
  const { body: again } = await nodes.acquire(session, 'fenced')
  ok(again.tokens.fenced > token)
  is((await nodes.ask('GET', '/locks/fenced/validate?token=x')).status, 400)
})

test('of many who share, each token is valid', async ({ nodes }) => {
  const session = await nodes.openSession()
  const wants = [{ mode: 'shared', lock: 'shared' }]
  const tokens: number[] = []
  for (let id = 0; id < 30; id++)
    tokens.push((await nodes.acquire(session, `${id}`, { wants })).body.tokens.shared)
  for (const token of [tokens[0], tokens.at(-1)])
    is((await nodes.ask('GET', `/locks/shared/validate?token=${token}`)).body.valid, true)
  is((await nodes.ask('GET', '/locks?prefix=shared')).body.locks[0].holders.length, 10)
  is((await nodes.ask('GET', '/locks/shared')).body.holders.length, 30)
})

test('named values are set by the holder, and stay', async ({ nodes }) => {
  const session = await nodes.openSession()
  await nodes.acquire(session, 'valued')
  const set = (name: string, value: string | null) =>
    nodes.ask('PUT', `/locks/valued/values/${name}`, { session, id: 'valued', value })
  is((await set('position', '42')).status, 204)
  for (let n = 1; n < 16; n++) await set(`${n}`, '')
  equal((await set('one-more', '')).body.error.code, 'too-many-values')
  for (let n = 1; n < 16; n++) await set(`${n}`, null)
  await nodes.release(session, 'valued')
  equal((await nodes.ask('GET', '/locks/valued')).body.values, { position: '42' })
  is((await set('position', '43')).body.error.code, 'not-holder')
})

test('who follows a lock hears of each change, also of one between two requests', async ({ nodes }) => {
  const [a, b] = [await nodes.openSession(), await nodes.openSession()]
  const changes = (query: string) =>
    nodes.ask('GET', `/locks/followed/changes?${query}`, undefined, { node: 3 })
  const first = changes('holdMs=30000')
  await nodes.untilHeld(1, 3)
  await nodes.acquire(a, 'followed')
  const { body } = await first
  equal([body.changed, body.holders[0].session], [true, a])
  is((await changes(`seen=${body.tag}`)).body.changed, false)
  await nodes.release(a, 'followed')
  await nodes.acquire(b, 'followed')
  const { body: second } = await changes(`seen=${body.tag}&holdMs=30000`)
  equal([second.changed, second.holders[0].session], [true, b])
  const { body: same } = await changes(`seen=${second.tag}&holdMs=20`)
  equal([same.changed, same.tag], [false, second.tag])
  equal(nodes.held(3), [0, 0])
})

test.run()
