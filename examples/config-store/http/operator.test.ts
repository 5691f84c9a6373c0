// What an operator is answered, and that nobody else is.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { MemoryNetwork, openReplica } from '@quorate/core'
import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { listenPrivately } from '../../listen.ts'
import { nodes } from '../../stage/stage.ts'
import { type StoreReplica, store } from '../store.ts'
import { operatorServer } from './server.ts'

interface Context {
  network: MemoryNetwork
  replicas: StoreReplica[]
  ask: (method: string, path: string, body?: string) => Promise<[number | undefined, string]>
  close: () => Promise<void>
}

const test = suite<Context>('operator')

test.before.each(async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'quorate-operator-'))
  const socket = join(folder, 'socket')
  context.network = new MemoryNetwork({ nodes })
  const open = (node: number): Promise<StoreReplica> =>
    openReplica({ machine: store, group: 'g', transport: context.network.node(node), voters: nodes })
  context.replicas = await Promise.all(nodes.map(open))
  await Promise.all(context.replicas.map((replica) => replica.ready()))
  const server = operatorServer(context.replicas[0] as StoreReplica)
  leaveSocket(socket)
  await listenPrivately(server, socket)
  is(statSync(socket).mode & 0o777, 0o600)
  context.ask = (method, path, body) => ask(socket, method, path, body)
  context.close = async () => {
    server.close()
    server.closeAllConnections()
    await Promise.all(context.replicas.map((replica) => replica.close()))
    rmSync(folder, { recursive: true })
  }
})

/** As a process that was killed leaves it. */
function leaveSocket(path: string): void {
  const script = 'require("net").createServer().listen(process.argv[1], () => process.kill(process.pid, 9))'
  spawnSync(process.execPath, ['-e', script, path])
  is(statSync(path).isSocket(), true)
}

test.after.each(({ close }) => close())

function ask(
  socketPath: string,
  method: string,
  path: string,
  body = '',
): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, method, path }, (response) => {
      text(response).then((answer) => resolve([response.statusCode, answer]), reject)
    })
    asked.on('error', reject).end(body)
  })
}

/** Nodes 2 and 3 are away, and node 1 waits for them. */
async function loseOthers({ replicas: [first, second, third] }: Context): Promise<void> {
  await Promise.all([second?.close(), third?.close()])
  while (first?.status.obstacle?.reason !== 'no-quorum') await sleep(5)
}

test('an order that names all that is missing makes the rest go on', async (context) => {
  await loseOthers(context)
  const [status, answer] = await context.ask('POST', '/force', '{"missing":[2,3],"voters":[1]}')
  is(status, 200)
  equal(JSON.parse(answer).voters, { nodeids: [1], policy: 'majority' })
  const put = { key: 'a', value: 'x', condition: 'any', ttlMs: null } as const
  is((await context.replicas[0]?.submit.put(put))?.created, true)
})

test('one that does not is answered with who is missing, and nothing is forced', async (context) => {
  await loseOthers(context)
  const [status, answer] = await context.ask('POST', '/force', '{"missing":[2]}')
  is(status, 409)
  match(answer, /"no-quorum".*missing is node 3/)
  is(context.replicas[0]?.status.primary, false)
})

test('what is no order is refused with what to change', async ({ ask }) => {
  for (const [body, message] of [
    ['', /must be JSON, such as/],
    ['{"lost":[3]}', /lost/],
    ['{"missing":3}', /missing/],
    ['null', /it takes an order/],
  ] as const) {
    const [status, answer] = await ask('POST', '/force', body)
    is(status, 400, answer)
    match(answer, message)
  }
})

test('there is nothing else, and nothing by mistake', async ({ ask }) => {
  is((await ask('GET', '/force'))[0], 405)
  const [status, answer] = await ask('GET', '/keys/a')
  is(status, 404)
  match(answer, 'what there is: /force')
})

test.run()
