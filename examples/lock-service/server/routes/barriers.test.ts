// Barriers and countdowns by HTTP.

import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { type Answer, type Context, Nodes, pathOf } from '../service.test-support.ts'

const test = suite<Context>('barriers and countdowns')

test.before(async (context) => {
  context.nodes = await Nodes.open()
})
test.after(({ nodes }) => nodes.close())

test('a barrier holds back until all have come', async ({ nodes }) => {
  const [a, b] = [await nodes.openSession(), await nodes.openSession()]
  const arrive = (session: string, node: number, holdMs: number): Promise<Answer> =>
    nodes.ask('POST', `/barriers/b/arrivals?holdMs=${holdMs}`, { session, id: '1', parties: 2 }, { node })
  equal((await arrive(a, 1, 0)).body, { isOpen: false })
  const held = arrive(a, 2, 30_000)
  await nodes.untilHeld(1, 2)
  equal((await arrive(b, 3, 0)).body, { isOpen: true })
  equal((await held).body, { isOpen: true })
  for (const session of [a, b])
    is((await nodes.ask('DELETE', `/barriers/b/arrivals/${encodeURIComponent(session)}/1`)).status, 204)
  is(nodes.replica().state.barriers.size, 0)
  equal(nodes.held(2), [0, 0])
})

test('who waits at a barrier is told that the session has ended', async ({ nodes }) => {
  const session = await nodes.openSession()
  const body = { session, id: '1', parties: 2 }
  const held = nodes.ask('POST', '/barriers/ended/arrivals?holdMs=30000', body, { node: 2 })
  await nodes.untilHeld(1, 2)
  await nodes.ask('DELETE', pathOf(session))
  is((await held).status, 410)
  is((await nodes.ask('POST', '/barriers/ended/arrivals', body)).status, 410)
})

test('another number of parties is refused', async ({ nodes }) => {
  const session = await nodes.openSession()
  const arrive = (id: string, parties: number) =>
    nodes.ask('POST', '/barriers/other/arrivals', { session, id, parties })
  await arrive('1', 3)
  const { status, body } = await arrive('2', 4)
  equal([status, body.error.code], [409, 'permits-differ'])
  is((await arrive('3', 0)).status, 400)
})

test('a countdown is waited for until it is open', async ({ nodes: all, nodes: { ask } }) => {
  const path = '/countdowns/c'
  equal((await ask('PUT', path, { count: 2 })).body, { left: 2 })
  equal((await ask('PUT', path, { count: 3 })).status, 409)
  const held = ask('GET', `${path}?holdMs=30000`, undefined, { node: 2 })
  await all.untilHeld(1, 2)
  for (const [party, left] of [
    ['x', 1],
    ['x', 1],
    ['y', 0],
  ] as const)
    equal((await ask('POST', `${path}/parties`, { party })).body, { left })
  equal((await held).body, { left: 0 })
  equal(all.held(2), [0, 0])
  await ask('PUT', path, { count: 2 })
  equal((await ask('GET', `${path}?holdMs=20`)).body, { left: 2 })
})

test.run()
