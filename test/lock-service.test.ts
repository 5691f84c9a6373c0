// lockd on three real daemons, with disks and tokens, and what its clients see when a node is killed.
// deadline: 300 s

import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'

const test = clusterTest('lock service on daemons')

const lockd = fileURLToPath(new URL('../examples/lock-service/server/lockd.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'lockd-'))
const tokens = join(folder, 'tokens.json')

let cluster: CorosyncCluster
const daemons = new Map<number, ChildProcess>()

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

function start(nodeid: number): void {
  const options = ['--storage', join(folder, `${nodeid}`), '--tokens', tokens]
  const child = cluster.node(nodeid).spawn(process.execPath, [...process.execArgv, lockd, ...options], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  daemons.set(nodeid, child)
}

async function end(nodeid: number, signal: NodeJS.Signals): Promise<unknown[]> {
  const child = daemons.get(nodeid) as ChildProcess
  const exit = once(child, 'exit')
  child.kill(signal)
  return exit
}

// biome-ignore lint/suspicious/noExplicitAny: tests look at what there is.
type Answer = { readonly status: number; readonly body: any }

/** By a client in the node, whose network nobody else reaches. Status 0: nobody answers there. */
async function ask(nodeid: number, method: string, path: string, body?: object): Promise<Answer> {
  const options = ['-s', '-X', method, '-H', 'authorization: Bearer secret', '-w', '\n%{http_code}']
  const data = body === undefined ? [] : ['--json', JSON.stringify(body)]
  const url = `http://127.0.0.1:8090${path}`
  const { stdout } = await cluster
    .node(nodeid)
    .exec('curl', [...options, ...data, url], { timeoutMs: 70_000 })
  const [, text = '', status = '0'] = /^([\s\S]*)\n(\d+)$/.exec(stdout) ?? []
  return { status: Number(status), body: text === '' ? null : JSON.parse(text) }
}

async function untilReady(...nodeids: number[]): Promise<void> {
  for (const nodeid of nodeids) while ((await ask(nodeid, 'GET', '/readyz')).status !== 200) await sleep(100)
}

const session = '/sessions/ann:s'
const wanting = { id: 'x', wants: [{ mode: 'exclusive', lock: 'x' }] }

test('three daemons answer who is known', async () => {
  cluster = await CorosyncCluster.start({ nodes: 3, tokenMs: 500 })
  writeFileSync(tokens, JSON.stringify([{ name: 'ann', role: 'operator', sha256: hashOf('other') }]))
  for (const { id } of cluster.nodes) start(id)
  await untilReady(1, 2, 3)
  is((await ask(1, 'GET', '/locks')).status, 401)
  writeFileSync(tokens, JSON.stringify([{ name: 'ann', role: 'operator', sha256: hashOf('secret') }]))
  for (const child of daemons.values()) child.kill('SIGHUP')
  while ((await ask(1, 'GET', '/locks')).status !== 200) await sleep(50)
})

test('a session outlives its node, which was killed while a client waited at another', async () => {
  is((await ask(1, 'POST', '/sessions', { id: 's', ttlMs: 60_000 })).status, 201)
  const granted = await ask(1, 'POST', `${session}/requests`, wanting)
  await ask(2, 'POST', '/sessions', { id: 'later', ttlMs: 60_000 })
  const waits = ask(2, 'POST', '/sessions/ann:later/requests?holdMs=60000', wanting)
  await end(1, 'SIGKILL')
  equal((await ask(3, 'POST', `${session}/requests`, wanting)).body, granted.body)
  is((await ask(3, 'PUT', `${session}/alive`)).status, 200)
  equal((await ask(3, 'DELETE', `${session}/requests/x`)).body, { released: true })
  equal((await waits).body, { status: 'granted', tokens: { x: granted.body.tokens.x + 1 } })
})

test('the bounds of all follow the map of the leader', async () => {
  for (const nodeid of [2, 3])
    await cluster
      .node(nodeid)
      .exec('corosync-cmapctl', ['-s', 'quorate.lock-service.ttlMinMs', 'u32', '9000'])
  const configured = async (): Promise<unknown> =>
    (await ask(2, 'GET', '/operator/config')).body.config.ttlMinMs
  while ((await configured()) !== 9000) await sleep(50)
})

test('locks outlive the end of all', async () => {
  start(1)
  await untilReady(1)
  for (const nodeid of [1, 2, 3]) equal(await end(nodeid, 'SIGTERM'), [0, null])
  for (const { id } of cluster.nodes) start(id)
  await untilReady(1, 2, 3)
  const { holders } = (await ask(3, 'GET', '/locks/x')).body
  equal(
    holders.map(({ session: of }: { session: string }) => of),
    ['ann:later'],
  )
})

test.after(async () => {
  await cluster?.close()
  rmSync(folder, { recursive: true })
})

test.run()
