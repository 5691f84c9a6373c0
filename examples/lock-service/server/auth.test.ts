// Who may do what, and how the file of tokens is read.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { equal, is, match, throws } from 'uvu/assert'
import { type Context, Nodes, pathOf } from './service.test-support.ts'
import { hashOf, readTokens, TokenFile, type Tokens } from './tokens.ts'

const test = suite<Context>('tokens and roles')

const people = [
  ['ann', 'client'],
  ['annie', 'client'],
  ['ron', 'reader'],
  ['olga', 'operator'],
] as const

const tokens: Tokens = new Map(
  people.map(([name, role]) => [hashOf(`of ${name}`.replace(' ', '-')), { name, role }]),
)
const of = (name: string) => ({ token: `of-${name}` })

test.before(async (context) => {
  context.nodes = await Nodes.open({ tokens: () => tokens })
})
test.after(({ nodes }) => nodes.close())

test('without a token, or with one that nobody knows, nothing is to be had but health', async ({
  nodes: { ask },
}) => {
  for (const token of [undefined, 'x', hashOf('of-ann')]) {
    const { status, body, headers } = await ask(
      'GET',
      '/locks',
      undefined,
      token === undefined ? {} : { token },
    )
    equal([status, body.error.code, headers['quorate-node']], [401, 'unauthorized', '1'])
  }
  for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json'])
    is((await ask('GET', path)).status, 200, path)
})

test('each route asks for its role', async ({ nodes: { ask } }) => {
  const status = async (name: string, ...call: Parameters<typeof ask>): Promise<number> =>
    (await ask(call[0], call[1], call[2], of(name))).status
  const opens = ['POST', '/sessions', {}] as const
  equal(
    [await status('ron', ...opens), await status('ann', ...opens), await status('olga', ...opens)],
    [403, 201, 201],
  )
  is(await status('ron', 'GET', '/locks'), 200)
  for (const [method, path, body] of [
    ['GET', '/sessions'],
    ['POST', '/operator/force-release', { lock: 'x' }],
    ['DELETE', '/operator/sessions/x'],
    ['PUT', '/operator/paused', { paused: false }],
    ['PUT', '/operator/draining/9', { draining: false }],
    ['GET', '/operator/audit'],
    ['GET', '/operator/config'],
  ] as const) {
    is(await status('ann', method, path, body), 403, path)
    is([200, 204, 404, 410].includes(await status('olga', method, path, body)), true, path)
  }
})

test('a client uses its own sessions alone, an operator all', async ({ nodes }) => {
  const session = await nodes.openSession(of('ann'))
  const path = pathOf(session)
  const body = { session, id: 'x' }
  const uses = [
    ['PUT', `${path}/alive`],
    ['POST', `${path}/requests`, { id: 'x', wants: [{ mode: 'exclusive', lock: 'x' }] }],
    ['PUT', `${path}/requests/x/value`, { value: 'v' }],
    ['PUT', '/locks/x/values/v', { ...body, value: 'v' }],
    ['POST', '/barriers/b/arrivals', { ...body, parties: 2 }],
    ['DELETE', `/barriers/b/arrivals/${encodeURIComponent(session)}/x`],
    ['DELETE', `${path}/requests/x`],
    ['DELETE', path],
  ] as const
  for (const [method, url, given] of uses) {
    const refused = await nodes.ask(method, url, given, of('annie'))
    equal([refused.status, refused.body.error.code], [403, 'forbidden'], url)
  }
  for (const [method, url, given] of uses.slice(0, -1))
    is((await nodes.ask(method, url, given, of('ann'))).status < 300, true, url)
  is((await nodes.ask('GET', path, undefined, of('ron'))).status, 200)
  is((await nodes.ask('DELETE', path, undefined, of('olga'))).status, 204)
})

test('the audit names the operator', async ({ nodes: { ask } }) => {
  await ask('PUT', '/operator/paused', { paused: false }, of('olga'))
  is((await ask('GET', '/operator/audit', undefined, of('olga'))).body.records.at(-1).by, 'olga')
})

test('a file that is none of tokens is refused, and one that has become so leaves what was read', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lock-tokens-'))
  const path = join(folder, 'tokens.json')
  const write = (content: unknown): void => writeFileSync(path, JSON.stringify(content))
  const line = { name: 'ann', role: 'client', sha256: hashOf('secret') }
  for (const [content, message] of [
    [{}, /array/],
    [[{ ...line, role: 'king' }], /role/],
    [[{ ...line, name: 'a:b' }], /name/],
    [[{ ...line, sha256: 'secret' }], /sha256/],
    [[{ ...line, token: 'secret' }], /token/],
  ] as const) {
    throws(
      () => readTokens(path, JSON.stringify(content)),
      (error: Error) => message.test(error.message) && error.message.startsWith(path),
    )
  }
  write([line])
  const failures: Error[] = []
  const file = new TokenFile(path, (error) => failures.push(error), 10)
  equal([...file.tokens.values()], [{ name: 'ann', role: 'client' }])
  write([])
  while (file.tokens.size > 0) await sleep(5)
  write({})
  while (failures.length === 0) await sleep(5)
  match(failures[0]?.message ?? '', /no file of tokens/)
  file.close()
  rmSync(folder, { recursive: true })
})

test.run()
