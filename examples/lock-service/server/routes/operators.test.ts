// What operators do by HTTP.

import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { defaultConfig } from '../../machine/config.ts'
import { type Context, Nodes } from '../service.test-support.ts'

const test = suite<Context>('operators')

test.before(async (context) => {
  context.nodes = await Nodes.open()
})
test.after(({ nodes }) => nodes.close())

test('a lock is taken from its holder', async ({ nodes }) => {
  const session = await nodes.openSession()
  await nodes.acquire(session, 'x')
  equal((await nodes.ask('POST', '/operator/force-release', { lock: 'x' })).body, { requests: 1 })
  const { status, body } = await nodes.ask('POST', '/operator/force-release', { lock: 'x' })
  equal([status, body.error.code], [404, 'no-lock'])
})

test('a session is ended', async ({ nodes }) => {
  const path = `/operator/sessions/${encodeURIComponent(await nodes.openSession())}`
  is((await nodes.ask('DELETE', path)).status, 204)
  is((await nodes.ask('DELETE', path)).status, 410)
})

test('while it is paused nothing is granted', async ({ nodes }) => {
  const session = await nodes.openSession()
  is((await nodes.ask('PUT', '/operator/paused', { paused: true })).status, 204)
  const waiting = nodes.acquire(session, 'paused', {}, 30_000)
  await nodes.untilHeld(1)
  match((await nodes.ask('GET', '/metrics')).body, '\nlock_service_paused 1\n')
  await nodes.ask('PUT', '/operator/paused', { paused: false })
  is((await waiting).status, 200)
})

test('a node that is drained is not ready, and takes no sessions; the others do', async ({ nodes }) => {
  const ready = async (node: number): Promise<number> =>
    (await nodes.ask('GET', '/readyz', undefined, { node })).status
  const session = await nodes.openSession({ node: 2 })
  is((await nodes.ask('PUT', '/operator/draining/2', { draining: true }, { node: 2 })).status, 204)
  equal([await ready(1), await ready(2)], [200, 503])
  const refused = await nodes.ask('POST', '/sessions', {}, { node: 2 })
  equal([refused.status, refused.body.error.code], [503, 'draining'])
  // Those that it has stay.
  is((await nodes.acquire(session, 'drained', {}, 0, { node: 2 })).status, 200)
  is((await nodes.ask('GET', '/readyz', undefined, { node: 2 })).body.error.code, 'draining')
  is((await nodes.ask('POST', '/sessions', {}, { node: 3 })).status, 201)
  await nodes.ask('PUT', '/operator/draining/2', { draining: false })
  await nodes.ask('GET', '/healthz', undefined, { node: 2 })
  is(await ready(2), 200)
})

test('who did what is written down, and what all nodes share is shown', async ({ nodes: { ask } }) => {
  for (const nodeid of [7, 8]) await ask('PUT', `/operator/draining/${nodeid}`, { draining: true })
  const { body } = await ask('GET', '/operator/audit?limit=1000')
  const { number, atMs, ...last } = body.records.at(-1)
  equal(last, { by: 'anybody', action: 'drain', details: { nodeid: 8 } })
  equal([number, typeof atMs], [body.records.length, 'number'])
  const { body: part } = await ask('GET', `/operator/audit?limit=1&after=${number - 2}`)
  equal([part.records[0].details, part.after], [{ nodeid: 7 }, number - 1])
  equal((await ask('GET', '/operator/config')).body, {
    ...{ config: defaultConfig, paused: false },
    draining: [7, 8],
  })
})

test.run()
