// A node on real sockets: clients that go, TLS, the loss of a node and of a majority, the end, configuration.

import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { Agent, request } from 'node:https'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { TLSSocket } from 'node:tls'
import { FileMap } from '@quorate/cmap-config'
import { MemoryNetwork } from '@quorate/core'
import { suite } from 'uvu'
import { equal, is, match, throws } from 'uvu/assert'
import { type LockNode, type NodeOptions, openNode } from './node.ts'
import { Tls } from './tls.ts'

interface Context {
  folder: string
  network: MemoryNetwork
  maps: FileMap[]
  nodes: LockNode[]
  urls: string[]
  open: (nodeid: number, options?: Partial<NodeOptions>) => Promise<LockNode>
}

const test = suite<Context>('node')
const voters = [1, 2, 3]

test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'lock-node-'))
  context.network = new MemoryNetwork({ nodes: voters })
  context.maps = []
  context.nodes = []
  context.urls = []
  context.open = async (nodeid, options = {}) => {
    const node = await openNode({
      ...{ group: 'locks', transport: context.network.node(nodeid), voters, logs: false },
      ...{ map: null, prefix: 'service.', ...options },
    })
    context.nodes.push(node)
    context.urls.push(await node.app.listen({ port: 0, host: '127.0.0.1' }))
    return node
  }
})

test.after.each(async ({ nodes, maps, folder }) => {
  await Promise.all(nodes.map((node) => node.close()))
  await Promise.all(maps.map((map) => map.close()))
  rmSync(folder, { recursive: true })
})

async function openAll({ open, nodes }: Context, options?: Partial<NodeOptions>): Promise<void> {
  for (const nodeid of voters) await open(nodeid, options)
  await Promise.all(nodes.map(({ replica }) => replica.ready()))
}

// biome-ignore lint/suspicious/noExplicitAny: tests look at what there is.
type Answer = { readonly status: number; readonly headers: Headers; readonly body: any }

/** Nodes that give up soon. */
async function impatient({ folder, maps }: Context): Promise<Partial<NodeOptions>> {
  const path = join(folder, 'impatient.json')
  writeFileSync(path, JSON.stringify({ service: { http: { deadlineMs: 200 } } }))
  const map = await FileMap.open({ path })
  maps.push(map)
  return { map }
}

/** `node` from 1 on. */
async function ask(
  { urls }: Context,
  node: number,
  method: string,
  path: string,
  body?: object,
  signal?: AbortSignal,
): Promise<Answer> {
  const response = await fetch(`${urls[node - 1]}${path}`, {
    ...{ method, headers: body ? { 'content-type': 'application/json' } : {} },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) }
}

async function openSession(context: Context, node: number, id: string): Promise<string> {
  await ask(context, node, 'POST', '/sessions', { id, ttlMs: 60_000 })
  return `/sessions/anybody:${id}`
}

const wanting = (lock: string) => ({ id: lock, wants: [{ mode: 'exclusive', lock }] })

async function untilHeld({ nodes }: Context, node: number, count: number): Promise<void> {
  while (nodes[node - 1]?.service.holds.count !== count) await sleep(2)
}

test('a client that has gone is waited for no more, and its request waits on', async (context) => {
  await openAll(context)
  const [a, b] = [await openSession(context, 1, 'a'), await openSession(context, 1, 'b')]
  await ask(context, 1, 'POST', `${a}/requests`, wanting('x'))
  const goes = new AbortController()
  const gone = ask(context, 1, 'POST', `${b}/requests?holdMs=60000`, wanting('x'), goes.signal)
  await untilHeld(context, 1, 1)
  goes.abort()
  is(await gone.then(Boolean, () => false), false)
  await untilHeld(context, 1, 0)
  is(context.nodes[0]?.service.waits.count, 0)
  await ask(context, 2, 'DELETE', `${a}/requests/x`)
  equal((await ask(context, 3, 'GET', `${b}/requests/x`)).body, { status: 'granted', tokens: { x: 2 } })
})

test('many requests one after the other on one connection leave nothing behind', async (context) => {
  const warnings: Error[] = []
  const warn = (warning: Error): void => void warnings.push(warning)
  process.on('warning', warn)
  await openAll(context)
  const a = await openSession(context, 1, 'a')
  const b = await openSession(context, 1, 'b')
  await ask(context, 1, 'POST', `${a}/requests`, wanting('x'))
  for (let n = 0; n < 30; n++) await ask(context, 1, 'POST', `${b}/requests?holdMs=1`, wanting('x'))
  process.off('warning', warn)
  equal(warnings, [])
  equal([context.nodes[0]?.service.holds.count, context.nodes[0]?.service.waits.count], [0, 0])
})

test('a session lives on with another node when the one it was opened at has died', async (context) => {
  await openAll(context)
  const [a, b] = [await openSession(context, 3, 'a'), await openSession(context, 1, 'b')]
  const { body: granted } = await ask(context, 3, 'POST', `${a}/requests`, wanting('x'))
  const waits = ask(context, 1, 'POST', `${b}/requests?holdMs=60000`, wanting('x'))
  await untilHeld(context, 1, 1)
  context.network.crashNode(3)
  const kept = await ask(context, 2, 'PUT', `${a}/alive`)
  is(kept.status, 200)
  equal((await ask(context, 2, 'POST', `${a}/requests`, wanting('x'))).body, granted)
  is((await ask(context, 2, 'DELETE', `${a}/requests/x`)).body.released, true)
  is((await waits).status, 200)
})

test('without a majority writes fail, who waits is sent away, and stale reads say so', async (context) => {
  await openAll(context, await impatient(context))
  const session = await openSession(context, 3, 'a')
  await ask(context, 3, 'POST', `${session}/requests`, wanting('x'))
  const watches = ask(context, 3, 'GET', `${session}/requests/x?until=lost&holdMs=60000`)
  await untilHeld(context, 3, 1)
  context.network.partition([[1, 2], [3]])
  const sentAway = await watches
  equal([sentAway.status, sentAway.body.error.code], [503, 'NoQuorum'])
  for (const [method, url, body] of [
    ['POST', '/sessions', {}],
    ['PUT', `${session}/alive`],
    ['GET', '/locks/x'],
    ['GET', '/locks/x/validate?token=1'],
    ['GET', '/healthz'],
  ] as const) {
    const refused = await ask(context, 3, method, url, body)
    equal([refused.status, refused.body.error.code], [503, 'NoQuorum'], url)
    match(refused.body.error.message, 'stale=true')
    equal([refused.headers.get('retry-after'), refused.headers.get('quorate-node')], ['1', '3'])
  }
  is((await ask(context, 3, 'GET', '/readyz')).body.error.code, 'not-ready')
  const stale = await ask(context, 3, 'GET', '/locks/x?stale=true')
  equal([stale.status, stale.headers.get('quorate-stale'), stale.body.used], [200, 'true', 1])
  const fresh = await ask(context, 1, 'GET', '/locks/x')
  equal([fresh.status, fresh.headers.get('quorate-stale')], [200, null])
  context.network.heal()
  await context.nodes[2]?.replica.ready()
  is((await ask(context, 3, 'PUT', `${session}/alive`)).status, 200)
  is((await ask(context, 3, 'GET', '/readyz')).status, 200)
})

test('a write that comes right after the majority was lost fails in its time', async (context) => {
  await openAll(context, await impatient(context))
  context.network.partition([[1, 2], [3]])
  while (context.nodes[2]?.replica.status.primary === true) await sleep(1)
  const refused = await ask(context, 3, 'POST', '/sessions', {})
  equal([refused.status, refused.body.error.code, refused.body.error.outcome], [503, 'NoQuorum', 'unapplied'])
})

test('at its end a node answers who waits, and takes nobody any more', async (context) => {
  await openAll(context)
  const [a, b] = [await openSession(context, 1, 'a'), await openSession(context, 1, 'b')]
  await ask(context, 1, 'POST', `${a}/requests`, wanting('x'))
  const waits = ask(context, 1, 'POST', `${b}/requests?holdMs=60000`, wanting('x'))
  await untilHeld(context, 1, 1)
  await context.nodes[0]?.close()
  const { status, body, headers } = await waits
  equal([status, body, headers.get('connection')], [202, { status: 'waiting', ahead: 0 }, 'close'])
  is(await ask(context, 1, 'GET', '/healthz').then(Boolean, () => false), false)
  is((await ask(context, 2, 'GET', `${b}/requests/x`)).body.status, 'waiting')
})

test('at its end a node waits neither for connections that are not used, nor for who does not send', async (context) => {
  await openAll(context, await impatient(context))
  const { port } = new URL(context.urls[0] ?? '')
  const [unused, slow] = [1, 2].map(() => connect({ port: Number(port), host: '127.0.0.1' })) as [
    Socket,
    Socket,
  ]
  const arrived = once(context.nodes[0]?.app.server as Server, 'request')
  slow.write(
    'PUT /operator/paused HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 15\r\n\r\n{',
  )
  await Promise.all([once(unused, 'connect'), arrived])
  const closed = [once(unused, 'close'), once(slow, 'close')]
  await context.nodes[0]?.close()
  for (const socket of [unused, slow]) socket.resume()
  await Promise.all(closed)
})

test('what a node shares comes from its configuration, and its HTTP bounds follow it', async (context) => {
  const path = join(context.folder, 'service.json')
  const write = (service: object): void => writeFileSync(path, JSON.stringify({ service }))
  write({ ttlMinMs: 7000, http: { streamsPerClientMax: 7 } })
  await using map = await FileMap.open({ path, lookIntervalMs: 20 })
  await openAll(context, { map })
  const configured = async (): Promise<unknown> =>
    (await ask(context, 2, 'GET', '/operator/config')).body.config.ttlMinMs
  while ((await configured()) !== 7000) await sleep(5)
  is((await ask(context, 3, 'POST', '/sessions', { ttlMs: 1 })).body.ttlMs, 7000)
  equal(context.nodes[0]?.service.limits(), {
    ...{ deadlineMs: 2000, pollsPerClientMax: 10_000, streamsPerClientMax: 7 },
  })
  write({ ttlMinMs: 8000, limits: { batchCommandsMax: 3 } })
  while ((await configured()) !== 8000) await sleep(5)
  is(context.nodes[0]?.service.limits().streamsPerClientMax, 100)
  is(context.nodes[0]?.replica.bounds.limits.batchCommandsMax, 3)
  await Promise.all(context.nodes.map((node) => node.close()))
})

/** Makes a certificate for this host, and its key. */
function certify(folder: string, name: string): { cert: string; key: string } {
  const paths = { cert: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) }
  const options = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const files = ['-keyout', paths.key, '-out', paths.cert]
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1']
  execFileSync('openssl', ['req', '-x509', ...options, ...files, ...subject], { stdio: 'ignore' })
  return paths
}

/** Status of /healthz, and whose certificate was shown. */
function askTls(url: string): Promise<readonly [number | undefined, string | undefined]> {
  return new Promise((resolve, reject) => {
    // A new connection each time, and whatever certificate.
    const agent = new Agent({ rejectUnauthorized: false, keepAlive: false })
    const asked = request(`${url}/healthz`, { agent }, (response) => {
      const { subject } = (response.socket as TLSSocket).getPeerCertificate()
      response.resume().on('end', () => resolve([response.statusCode, `${subject.CN}`]))
    })
    asked.on('error', reject).end()
  })
}

test('TLS, with a certificate that is renewed while the node runs', async (context) => {
  const paths = certify(context.folder, 'first')
  const tls = new Tls(paths)
  await context.open(1, { tls, voters: [1] })
  await context.nodes[0]?.replica.ready()
  const [url = ''] = context.urls
  match(url, /^https:/)
  equal(await askTls(url), [200, 'first'])
  const second = certify(context.folder, 'second')
  copyFileSync(second.cert, paths.cert)
  throws(() => tls.reload(), /No TLS with .*first\.crt/)
  equal(await askTls(url), [200, 'first'])
  copyFileSync(second.key, paths.key)
  tls.reload()
  equal(await askTls(url), [200, 'second'])
  is(await fetch(url.replace('https', 'http')).then(Boolean, () => false), false)
})

test('a node that cannot be opened leaves nothing behind', async (context) => {
  // The third map is that of the replica's own bounds, when it is open already.
  let tracked = 0
  const failing: Pick<FileMap, 'track'> = {
    track: async () => {
      if (++tracked === 3) throw new Error('no map')
      return { entries: [], stop: () => undefined }
    },
  }
  const opening = context.open(1, { map: failing, voters: [1] })
  match(`${await opening.catch((error: Error) => error)}`, 'no map')
  // Else this one would wait for the vote of its node.
  await (await context.open(1, { voters: [1] })).replica.ready()
})

test.run()
