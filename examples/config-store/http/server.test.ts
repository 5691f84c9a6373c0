// What clients of three replicas on the in-memory network are answered, and what the network's failures make of it.

import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { MemoryNetwork, openReplica, QuorateError } from '@quorate/core'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { listen } from '../../listen.ts'
import { nodes } from '../../stage/stage.ts'
import { type StoreReplica, store } from '../store.ts'
import { MemoryStage } from '../tour/in-memory.ts'
import type { Body } from '../tour/narrator.ts'
import { Visitor } from '../tour/visitor.ts'
import { failure } from './answer.ts'
import { storeServer } from './server.ts'

const never = new AbortController().signal
const ifVersion = (version: number | undefined): Record<string, string> => ({ 'if-match': `"${version}"` })

/** A uvu suite whose every test has a store of its own, with all three replicas ready. */
const test = suite<{ visitor: Visitor }>('HTTP')

test.before.each(async (context) => {
  context.visitor = new Visitor(await MemoryStage.open(0), () => {}, never)
  await context.visitor.until(nodes, true)
})

test.after.each(({ visitor }) => visitor.stage.close())

test('a value that one replica confirmed is read on another, with its version as entity tag', async ({
  visitor,
}) => {
  const put = await visitor.askQuietly(1, 'PUT /keys/a/b', { value: 'x' })
  is(put.status, 201)
  const response = await fetch(`${visitor.stage.url(2)}/keys/a/b`)
  is(response.headers.get('etag'), `"${put.body.version}"`)
  equal(await response.json(), { key: 'a/b', value: 'x', version: put.body.version, expiresAtMs: null })
})

test('a second put is 200 with a higher version, a delete leaves 404', async ({ visitor }) => {
  const first = await visitor.askQuietly(1, 'PUT /keys/a', { value: 'x' })
  const second = await visitor.askQuietly(2, 'PUT /keys/a', { value: 'y' })
  is(second.status, 200)
  ok((second.body.version ?? 0) > (first.body.version ?? 0))
  is((await visitor.askQuietly(3, 'DELETE /keys/a')).status, 200)
  is((await visitor.askQuietly(1, 'GET /keys/a')).body.error?.code, 'not-found')
  is((await visitor.askQuietly(1, 'DELETE /keys/a')).status, 404)
})

test('the keys below a prefix are listed in order', async ({ visitor }) => {
  for (const key of ['b/2', 'a/1', 'b/1']) await visitor.askQuietly(1, `PUT /keys/${key}`, { value: key })
  const { body } = await visitor.askQuietly(2, 'GET /keys?prefix=b/')
  equal(
    body.keys?.map((entry) => ('key' in entry ? entry.key : undefined)),
    ['b/1', 'b/2'],
  )
})

test('a put and a delete with another version are refused with 412 and change nothing', async ({
  visitor,
}) => {
  const { body } = await visitor.askQuietly(1, 'PUT /keys/a', { value: 'x' })
  await visitor.askQuietly(2, 'PUT /keys/a', { value: 'y', headers: ifVersion(body.version) })
  const late = await visitor.askQuietly(3, 'PUT /keys/a', { value: 'z', headers: ifVersion(body.version) })
  is(late.status, 412)
  match(late.body.error?.message ?? '', /has version 2; .*If-Match: "2"/)
  is((await visitor.askQuietly(3, 'DELETE /keys/a', { headers: ifVersion(body.version) })).status, 412)
  is((await visitor.askQuietly(1, 'GET /keys/a')).body.value, 'y')
})

test('who creates a key first has it', async ({ visitor }) => {
  const create = { value: 'x', headers: { 'if-none-match': '*' } }
  const answers = await Promise.all(nodes.map((node) => visitor.askQuietly(node, 'PUT /keys/lock', create)))
  equal(answers.map(({ status }) => status).sort(), [201, 412, 412])
})

test('a lease ends by itself unless it is renewed', async ({ visitor }) => {
  const watched = visitor.watch(3, 'short')
  await watched.next()
  await visitor.askQuietly(1, 'PUT /keys/kept?ttlMs=2000', { value: 'x' })
  is((await visitor.askQuietly(2, 'PATCH /keys/kept?ttlMs=600000')).status, 200)
  await visitor.askQuietly(1, 'PUT /keys/short?ttlMs=2000', { value: 'x' })
  for await (const { change } of watched) if (change === 'delete') break
  is((await visitor.askQuietly(3, 'GET /keys/short')).status, 404)
  is((await visitor.askQuietly(2, 'GET /keys/kept')).status, 200)
})

test('what has no lease cannot be renewed', async ({ visitor }) => {
  await visitor.askQuietly(1, 'PUT /keys/a', { value: 'x' })
  const { status, body } = await visitor.askQuietly(1, 'PATCH /keys/a?ttlMs=1000')
  is(status, 409)
  is(body.error?.code, 'no-lease')
})

test('wrong requests say what is wrong with them', async ({ visitor }) => {
  const long = 'k'.repeat(600)
  const cases: readonly (readonly [number, string, string, object?])[] = [
    [404, 'no-such-path', 'GET /nothing'],
    [405, 'no-such-method', 'POST /keys/a'],
    [400, 'bad-key', `GET /keys/${long}`],
    [400, 'bad-key', 'GET /keys/%ff'],
    [400, 'bad-ttl', 'PUT /keys/a?ttlMs=0', { value: 'x' }],
    [400, 'bad-ttl', 'PATCH /keys/a'],
    [400, 'bad-condition', 'DELETE /keys/a', { headers: { 'if-match': '7' } }],
    [400, 'bad-condition', 'DELETE /keys/a', { headers: { 'if-none-match': '"7"' } }],
    [413, 'value-too-large', 'PUT /keys/a', { value: 'x'.repeat(65_537) }],
  ]
  for (const [status, code, request, question] of cases) {
    const answer = await visitor.askQuietly(1, request, question)
    equal([answer.status, answer.body.error?.code], [status, code], request)
  }
})

test('a replica in no majority answers 503 and when to come again; its old state only to who asks for that', async ({
  visitor,
}) => {
  const { stage } = visitor
  await visitor.askQuietly(1, 'PUT /keys/a', { value: 'old' })
  await visitor.askQuietly(1, 'GET /keys/a')
  await stage.partition([[1], [2, 3]])
  await visitor.until([1], false)
  await visitor.until([2, 3], true)
  is((await visitor.askQuietly(2, 'PUT /keys/a', { value: 'new' })).status, 200)
  const refused = await fetch(`${stage.url(1)}/keys/a`)
  is(refused.status, 503)
  is(refused.headers.get('retry-after'), '1')
  match(((await refused.json()) as Body).error?.message ?? '', /stale=1/)
  is((await visitor.askQuietly(1, 'PUT /keys/a', { value: 'never' })).status, 503)
  is((await visitor.askQuietly(1, 'GET /keys/a?stale=1')).body.value, 'old')
  const { body } = await visitor.askQuietly(1, 'GET /healthz')
  match(body.error?.message ?? '', /missing are the nodes 2, 3: start them/)
  await stage.heal()
  await visitor.until([1], true)
  is((await visitor.askQuietly(1, 'GET /keys/a')).body.value, 'new')
})

test('a replica whose group does not answer is not healthy, though part of the majority, nor one without corosync', async () => {
  const network = new MemoryNetwork({ nodes })
  const open = (node: number): Promise<StoreReplica> =>
    openReplica({ machine: store, group: 'g', transport: network.node(node), voters: nodes })
  const replicas = await Promise.all(nodes.map(open))
  const [first] = replicas as [StoreReplica]
  await Promise.all(replicas.map((replica) => replica.ready()))
  const server = storeServer(first, { deadlineMs: 300 })
  await listen(server, 0)
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`
  is((await fetch(url)).status, 200)
  network.withhold(1)
  const refused = await fetch(url)
  is(first.status.primary, true)
  is(refused.status, 503)
  match(((await refused.json()) as Body).error?.message ?? '', /a node may have just died/)
  network.release(1)
  is((await fetch(url)).status, 200)
  network.crashNode(1)
  while (first.status.members.length > 0) await sleep(5)
  match(((await (await fetch(url)).json()) as Body).error?.code ?? '', 'corosync-down')
  server.close()
  await Promise.all(replicas.map((replica) => replica.close()))
})

test("the operator's word is not to be had where clients ask", async ({ visitor }) => {
  is((await visitor.askQuietly(1, 'POST /force', { value: '{}' })).status, 404)
})

test('the status tells the leader, the members and what is applied, as JSON', async ({ visitor }) => {
  const status = (await visitor.askQuietly(2, 'GET /status')).body as Record<string, unknown>
  is(status['primary'], true)
  is((status['members'] as unknown[]).length, 3)
  match((status['leader'] as { fencingToken: string }).fencingToken, /^\d+$/)
})

test('a command of which nobody knows is 504, and one that never was sent 503', () => {
  const message = 'The deadline passed'
  const unknown = failure(new QuorateError('Deadline', message, { outcome: 'unknown' }))
  is(unknown.status, 504)
  match(JSON.stringify(unknown.body), /may have been applied, or may be yet: read before you send it again/)
  is(failure(new QuorateError('Overloaded', message, { outcome: 'unapplied' })).status, 503)
})

test('a client that goes in the middle of its request disturbs nobody', async ({ visitor }) => {
  const gone = new AbortController()
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode('half')),
  })
  const options = { method: 'PUT', body, duplex: 'half', signal: gone.signal } as const
  const asked = fetch(`${visitor.stage.url(1)}/keys/a`, options).catch((error: Error) => error.name)
  setTimeout(() => gone.abort(), 50)
  is(await asked, 'AbortError')
  is((await visitor.askQuietly(1, 'GET /keys/a')).status, 404)
})

test.run()
