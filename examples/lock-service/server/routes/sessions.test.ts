// Sessions by HTTP.

import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { type Context, Nodes, pathOf } from '../service.test-support.ts'

const test = suite<Context>('sessions')

test.before(async (context) => {
  context.nodes = await Nodes.open()
})
test.after(({ nodes }) => nodes.close())

test('a session is opened, kept alive on another node, and closed', async ({ nodes: { ask } }) => {
  const opened = await ask('POST', '/sessions', { ttlMs: 5000 })
  is(opened.status, 201)
  is(opened.body.ttlMs, 5000)
  const path = pathOf(opened.body.session)
  const kept = await ask('PUT', `${path}/alive`, undefined, { node: 2 })
  is(kept.status, 200)
  ok(kept.body.expiresAtMs >= opened.body.expiresAtMs)
  is((await ask('DELETE', path, undefined, { node: 3 })).status, 204)
  is((await ask('DELETE', path)).status, 204)
  const gone = await ask('PUT', `${path}/alive`)
  is(gone.status, 410)
  is(gone.body.error.code, 'no-session')
})

test('the same id again is the same session; its name has its client', async ({ nodes: { ask } }) => {
  const [first, second] = [
    await ask('POST', '/sessions', { id: 'mine' }),
    await ask('POST', '/sessions', { id: 'mine' }, { node: 2 }),
  ]
  is(first.body.session, 'anybody:mine')
  equal(second.body, first.body)
})

test('what it holds and waits for is shown', async ({ nodes }) => {
  const [a, b] = [await nodes.openSession(), await nodes.openSession()]
  await nodes.acquire(a, 'shown', { value: 'x', owner: 'me' })
  await nodes.acquire(b, 'shown')
  const { body } = await nodes.ask('GET', pathOf(a), undefined, { node: 2 })
  const { expiresAtMs, ...rest } = body
  ok(expiresAtMs > 0)
  equal(rest, {
    ...{ session: a, client: 'anybody', ttlMs: 60_000, lockDelayMs: 0, requests: 1 },
    requestList: [
      {
        ...{ id: 'shown', owner: 'me', value: 'x' },
        wants: [{ mode: 'exclusive', lock: 'shown' }],
        tokens: { shown: nodes.replica().state.lastToken },
      },
    ],
  })
  is((await nodes.ask('GET', pathOf(b))).body.requestList[0].tokens, null)
  is((await nodes.ask('GET', pathOf('nobody'))).status, 410)
})

test('all are listed, in parts', async ({ nodes: { ask } }) => {
  for (const id of ['list-1', 'list-2', 'list-3']) await ask('POST', '/sessions', { id })
  const first = await ask('GET', '/sessions?prefix=anybody:list&limit=2')
  const names = ({ body }: typeof first) => body.sessions.map((each: { session: string }) => each.session)
  equal(names(first), ['anybody:list-1', 'anybody:list-2'])
  const rest = await ask('GET', `/sessions?prefix=anybody:list&limit=2&after=${first.body.after}`)
  equal([names(rest), rest.body.after], [['anybody:list-3'], null])
  equal(names(await ask('GET', '/sessions?prefix=anybody:list&after=a')).length, 3)
})

test('what is no session is refused, with what is wrong', async ({ nodes: { ask } }) => {
  for (const [body, message] of [
    [{ ttlMs: -1 }, /ttlMs/],
    [{ id: '' }, /id/],
    [{ id: 'a\0b' }, /NUL/],
    [{ id: 'x'.repeat(61) }, /id/],
  ] as const) {
    const { status, body: answer } = await ask('POST', '/sessions', body)
    is(status, 400)
    is(answer.error.code, 'bad-request')
    match(answer.error.message, message)
  }
})

test.run()
