// What all routes share: failures, limits, the OpenAPI document, metrics.

import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { defaultHttpLimits } from './http-limits.ts'
import { type Context, Nodes, pathOf } from './service.test-support.ts'

const test = suite<Context>('application')

test.before(async (context) => {
  const limits = { ...defaultHttpLimits, pollsPerClientMax: 2 }
  context.nodes = await Nodes.open({ limits: () => limits })
})
test.after(({ nodes }) => nodes.close())

const routes = `
  DELETE /barriers/{barrier}/arrivals/{session}/{id}
  DELETE /operator/sessions/{session}
  DELETE /sessions/{session}
  DELETE /sessions/{session}/requests/{id}
  GET /countdowns/{countdown}
  GET /events
  GET /healthz
  GET /locks
  GET /locks/{lock}
  GET /locks/{lock}/changes
  GET /locks/{lock}/validate
  GET /metrics
  GET /openapi.json
  GET /operator/audit
  GET /operator/config
  GET /readyz
  GET /sessions
  GET /sessions/{session}
  GET /sessions/{session}/requests/{id}
  POST /barriers/{barrier}/arrivals
  POST /countdowns/{countdown}/parties
  POST /operator/force-release
  POST /sessions
  POST /sessions/{session}/requests
  PUT /countdowns/{countdown}
  PUT /locks/{lock}/values/{name}
  PUT /operator/draining/{nodeid}
  PUT /operator/paused
  PUT /sessions/{session}/alive
  PUT /sessions/{session}/requests/{id}/value`

test('the OpenAPI document has each route, with what it takes and answers', async ({ nodes: { ask } }) => {
  const { body: document } = await ask('GET', '/openapi.json')
  is(document.openapi, '3.1.0')
  const operations = Object.entries<Record<string, Operation>>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      name: `${method.toUpperCase()} ${path}`,
      ...operation,
    })),
  )
  equal(operations.map(({ name }) => name).sort(), routes.trim().split(/\n */))
  for (const { name, path, summary, parameters = [], responses, security } of operations) {
    ok(summary, name)
    const inPath = parameters.filter((each) => each.in === 'path').map((each) => each.name)
    equal(
      inPath,
      [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter),
      name,
    )
    ok(responses['default'], name)
    ok(
      Object.keys(responses).some((status) => /^20\d$/.test(status)),
      name,
    )
    is(security?.length === 0, /healthz|readyz|metrics|openapi/.test(path), name)
  }
})

interface Operation {
  readonly summary?: string
  readonly parameters?: readonly { readonly in: string; readonly name: string }[]
  readonly responses: Readonly<Record<string, object>>
  readonly security?: readonly object[]
}

test('what there is no route for is told', async ({ nodes: { ask } }) => {
  for (const [method, path] of [
    ['GET', '/nothing'],
    ['POST', '/locks'],
  ] as const) {
    const { status, body } = await ask(method, path)
    equal([status, body.error.code], [404, 'no-such-route'])
    match(body.error.message, `${method} ${path}`)
  }
})

test('a body that is none, or too large, is refused', async ({ nodes }) => {
  const { app } = nodes.app()
  const send = async (payload: string, type = 'application/json') => {
    const headers = { 'content-type': type }
    const answer = await app.inject({ method: 'POST', url: '/sessions', headers, payload })
    return [answer.statusCode, answer.json().error.code]
  }
  equal(await send('{'), [400, 'bad-request'])
  equal(await send('[]'), [400, 'bad-request'])
  equal(await send('a=b', 'application/x-www-form-urlencoded'), [415, 'bad-request'])
  equal(await send(JSON.stringify({ id: 'x'.repeat(64 * 1024) })), [413, 'body-too-large'])
})

test('a bug is told as such, and nothing of it', async ({ nodes }) => {
  const { service } = nodes.app(3)
  const { read } = service
  service.read = () => {
    throw new Error('secret')
  }
  const { status, body } = await nodes.ask('GET', '/locks', undefined, { node: 3 })
  service.read = read
  equal([status, body.error.code], [500, 'internal'])
  is(JSON.stringify(body).includes('secret'), false)
})

test('requests that a client holds open are bounded', async ({ nodes }) => {
  const [a, b] = [await nodes.openSession(), await nodes.openSession()]
  await nodes.acquire(a, 'bounded')
  const held = ['1', '2'].map((id) => nodes.acquire(b, 'bounded', { id }, 30_000))
  await nodes.untilHeld(2)
  const refused = await nodes.acquire(b, 'bounded', { id: '3' }, 30_000)
  equal([refused.status, refused.body.error.code], [429, 'too-many-polls'])
  // Nothing of it was done; without being held, and on another node, it can be.
  is((await nodes.ask('GET', `${pathOf(b)}/requests/3`)).body.status, 'none')
  is((await nodes.acquire(b, 'bounded', { id: '3' })).status, 202)
  is((await nodes.acquire(b, 'bounded', { id: '3' }, 20, { node: 2 })).status, 202)
  await nodes.ask('DELETE', pathOf(b))
  await Promise.all(held)
  equal(nodes.held(), [0, 0])
  is((await nodes.acquire(a, 'bounded', {}, 30_000)).status, 200)
})

test('the bounds of the machine have an answer each', async ({ nodes }) => {
  const { config } = nodes.replica().state
  const set = (more: object) => nodes.replica().submit.configure({ ...config, ...more })
  const session = await nodes.openSession()
  const [held, waits] = [await nodes.acquire(session, 'bound/held'), await nodes.openSession()]
  is(held.status, 200)
  await nodes.acquire(waits, 'bound/held')
  for (const [bound, code, status, act] of [
    ['sessionsMax', 'too-many-sessions', 429, () => nodes.ask('POST', '/sessions', {})],
    ['sessionsPerClientMax', 'too-many-sessions', 429, () => nodes.ask('POST', '/sessions', {})],
    ['requestsPerSessionMax', 'too-many-requests', 429, () => nodes.acquire(session, 'bound/2')],
    ['locksMax', 'too-many-locks', 507, () => nodes.acquire(session, 'bound/2')],
    ['waitersPerLockMax', 'too-many-waiters', 429, () => nodes.acquire(waits, 'bound/held', { id: '2' })],
    ['waitersMax', 'too-many-waiters', 429, () => nodes.acquire(waits, 'bound/held', { id: '2' })],
  ] as const) {
    await set({ [bound]: 1 })
    const answer = await act()
    equal([answer.status, answer.body.error.code], [status, code], bound)
  }
  await set({})
})

test('metrics tell of the group, of the node, and of requests', async ({ nodes }) => {
  const session = await nodes.openSession({ node: 2 })
  await nodes.acquire(session, 'measured', {}, 0, { node: 2 })
  const { body, headers } = await nodes.ask('GET', '/metrics', undefined, { node: 2 })
  match(`${headers['content-type']}`, /^text\/plain; version=/)
  const value = (name: string): number => Number(new RegExp(`^${name} (.*)$`, 'm').exec(body)?.[1])
  const { sessions, locks, holders, waiting } = nodes.replica(2).state
  equal(
    ['sessions', 'locks', 'holds', 'waiters'].map((name) => value(`lock_service_${name}`)),
    [sessions.size, locks.size, holders.size, waiting],
  )
  ok(value('lock_service_grants_total') >= 1)
  equal([value('lock_service_primary'), value('lock_service_paused'), value('lock_service_polls')], [1, 0, 0])
  is(value('lock_service_applied_index'), nodes.replica(2).status.applied)
  match(
    body,
    /request_seconds_count\{method="POST",route="\/sessions\/:session\/requests",status="200"\} [1-9]/,
  )
  const leaders = await Promise.all(
    [1, 2, 3].map(async (node) => (await nodes.ask('GET', '/metrics', undefined, { node })).body),
  )
  is(leaders.filter((text) => text.includes('\nlock_service_leader 1\n')).length, 1)
})

test.run()
