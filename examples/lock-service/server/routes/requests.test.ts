// Requests for locks by HTTP: granted, refused, waited for, lost.

import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { type Context, Nodes, pathOf } from '../service.test-support.ts'

const test = suite<Context>('requests')

test.before(async (context) => {
  context.nodes = await Nodes.open()
})
test.after(({ nodes }) => nodes.close())

const exclusive = (lock: string) => ({ mode: 'exclusive', lock })

test('several locks are granted in one step, each with its token; again it is the same request', async ({
  nodes,
}) => {
  const session = await nodes.openSession()
  const wants = [exclusive('a/b'), { mode: 'permits', lock: 'pool', count: 2, of: 3 }]
  const granted = await nodes.acquire(session, 'first', { wants })
  is(granted.status, 200)
  is(granted.body.status, 'granted')
  equal(Object.keys(granted.body.tokens), ['a/b', 'pool'])
  equal((await nodes.acquire(session, 'first', { wants }, 0, { node: 2 })).body, granted.body)
  // What counts is what was asked for first.
  equal((await nodes.acquire(session, 'first', { wants: [exclusive('other')] })).body, granted.body)
  equal((await nodes.release(session, 'first', { node: 3 })).body, { released: true })
  equal((await nodes.release(session, 'first')).body, { released: false })
})

test('what is not to be had at once is refused, and not waited for', async ({ nodes }) => {
  const [a, b] = [await nodes.openSession(), await nodes.openSession()]
  await nodes.acquire(a, 'try')
  const refused = await nodes.acquire(b, 'try', { waitMs: 0 }, 10_000)
  equal([refused.status, refused.body], [409, { status: 'none' }])
  const waiting = await nodes.acquire(b, 'try', { id: 'later' })
  equal([waiting.status, waiting.body], [202, { status: 'waiting', ahead: 0 }])
})

test('a held request is answered by the grant, on whichever node it was made', async ({ nodes }) => {
  const [a, b] = [await nodes.openSession(), await nodes.openSession()]
  await nodes.acquire(a, 'held')
  const later = nodes.acquire(b, 'held', {}, 30_000, { node: 2 })
  await nodes.untilHeld(1, 2)
  await nodes.release(a, 'held')
  const { status, body } = await later
  equal([status, body.status], [200, 'granted'])
  equal(nodes.held(2), [0, 0])
})

test('a held request is answered when its hold is over, and goes on waiting', async ({ nodes }) => {
  const [a, b] = [await nodes.openSession(), await nodes.openSession()]
  await nodes.acquire(a, 'slow')
  const first = await nodes.acquire(b, 'slow', {}, 20)
  equal([first.status, first.body], [202, { status: 'waiting', ahead: 0 }])
  const followed = nodes.ask('GET', `${pathOf(b)}/requests/slow?holdMs=30000`, undefined, { node: 3 })
  await nodes.untilHeld(1, 3)
  await nodes.release(a, 'slow')
  is((await followed).body.status, 'granted')
  equal(
    [nodes.held(1), nodes.held(3)],
    [
      [0, 0],
      [0, 0],
    ],
  )
})

test('a wait that ends by its own time is told', async ({ nodes }) => {
  const [a, b] = [await nodes.openSession(), await nodes.openSession()]
  await nodes.acquire(a, 'impatient')
  const { status, body } = await nodes.acquire(b, 'impatient', { waitMs: 50 }, 30_000)
  equal([status, body], [409, { status: 'none' }])
})

test('a wait that is cancelled, or whose session ends, is told', async ({ nodes }) => {
  const [a, b] = [await nodes.openSession(), await nodes.openSession()]
  await nodes.acquire(a, 'given-up')
  const cancelled = nodes.acquire(b, 'given-up', { id: '1' }, 30_000)
  await nodes.untilHeld(1)
  await nodes.release(b, '1')
  equal((await cancelled).body, { status: 'none' })
  const ended = nodes.acquire(b, 'given-up', { id: '2' }, 30_000)
  await nodes.untilHeld(1)
  await nodes.ask('DELETE', pathOf(b), undefined, { node: 2 })
  const { status, body } = await ended
  equal([status, body.error.code], [410, 'no-session'])
  equal(nodes.held(), [0, 0])
})

test('a holder learns that it has lost its lock, and how', async ({ nodes }) => {
  const session = await nodes.openSession()
  const path = (id: string) => `${pathOf(session)}/requests/${id}?until=lost&holdMs=30000`
  for (const [lock, end] of [
    ['forced', () => nodes.ask('POST', '/operator/force-release', { lock: 'forced' })],
    ['given-back', () => nodes.release(session, 'given-back', { node: 3 })],
  ] as const) {
    await nodes.acquire(session, lock)
    const told = nodes.ask('GET', path(lock), undefined, { node: 2 })
    await nodes.untilHeld(1, 2)
    await end()
    equal((await told).body, { status: 'none' })
  }
  await nodes.acquire(session, 'ended')
  const told = nodes.ask('GET', path('ended'), undefined, { node: 2 })
  await nodes.untilHeld(1, 2)
  await nodes.ask('DELETE', `/operator${pathOf(session)}`)
  is((await told).status, 410)
  equal(nodes.held(2), [0, 0])
})

test('a session that is not kept alive loses what it holds to who waits', async ({ nodes }) => {
  const [short, long] = [await nodes.openSession({ ttlMs: 1 }), await nodes.openSession()]
  await nodes.acquire(short, 'expiring')
  const told = nodes.ask('GET', `${pathOf(short)}/requests/expiring?until=lost&holdMs=30000`)
  is((await nodes.acquire(long, 'expiring', {}, 30_000, { node: 2 })).status, 200)
  is((await told).status, 410)
  equal(nodes.held(), [0, 0])
})

test('what can never be granted is refused, with the reason', async ({ nodes }) => {
  const [a, b] = [await nodes.openSession(), await nodes.openSession()]
  await nodes.acquire(a, 'x')
  await nodes.acquire(b, 'y')
  await nodes.acquire(a, 'y', { id: 'waits' })
  const deadlock = await nodes.acquire(b, 'x')
  equal([deadlock.status, deadlock.body.error.code], [409, 'deadlock'])
  equal(
    deadlock.body.error.cycle.map(({ session, lock }: Record<string, string>) => [session, lock]),
    [
      [b, 'x'],
      [a, 'y'],
    ],
  )
  is((await nodes.acquire(b, 'x', { detectDeadlock: false })).status, 202)
  await nodes.acquire(a, 's', { wants: [{ mode: 'shared', lock: 's' }] })
  is((await nodes.acquire(a, 's', { id: 'up' })).body.error.code, 'upgrade-refused')
  const other = await nodes.acquire(a, 'p', { wants: [{ mode: 'permits', lock: 's', count: 1, of: 2 }] })
  equal([other.status, other.body.error.code, other.body.error.lock], [409, 'permits-differ', 's'])
})

test('a value is changed by its holder alone', async ({ nodes }) => {
  const session = await nodes.openSession()
  await nodes.acquire(session, 'leader', { value: 'one' })
  const path = `${pathOf(session)}/requests/leader/value`
  is((await nodes.ask('PUT', path, { value: 'two' })).status, 204)
  is((await nodes.ask('GET', '/locks/leader')).body.holders[0].value, 'two')
  await nodes.release(session, 'leader')
  const refused = await nodes.ask('PUT', path, { value: 'three' })
  equal([refused.status, refused.body.error.code], [409, 'not-holder'])
})

test('a request of no session, or that is none, is refused', async ({ nodes }) => {
  is((await nodes.acquire('nobody', 'x')).status, 410)
  is((await nodes.ask('GET', `${pathOf('nobody')}/requests/x`)).status, 410)
  const session = await nodes.openSession()
  for (const [body, message] of [
    [{ wants: [] }, /wants/],
    [{ wants: [{ mode: 'alone', lock: 'x' }] }, /mode/],
    [{ wants: [{ mode: 'permits', lock: 'x', count: 3, of: 2 }] }, /permits/],
    [{ wants: [exclusive('x'), exclusive('x')] }, /twice/],
    [{ wants: [exclusive('x'.repeat(513))] }, /lock/],
    [{ value: 'x'.repeat(5000) }, /value/],
  ] as const) {
    const answer = await nodes.acquire(session, 'x', body)
    equal([answer.status, answer.body.error.code], [400, 'bad-request'])
    match(answer.body.error.message, message)
  }
  is((await nodes.acquire(session, 'x', {}, 60_001)).status, 400)
})

test('a wake that comes while nothing is decided is none', async ({ nodes }) => {
  const [a, b, c] = [await nodes.openSession(), await nodes.openSession(), await nodes.openSession()]
  await nodes.acquire(a, 'busy')
  const lost = nodes.ask('GET', `${pathOf(a)}/requests/busy?until=lost&holdMs=30000`)
  await nodes.untilHeld(1)
  for (const session of [b, c]) await nodes.acquire(session, 'busy')
  await sleep(20)
  is(nodes.held()[0], 1)
  await nodes.release(a, 'busy')
  is((await lost).body.status, 'none')
})

test.run()
