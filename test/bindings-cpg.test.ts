// Every function of libcpg, called on a real daemon through the class Cpg.

import { setTimeout as sleep } from 'node:timers/promises'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is, match, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import {
  type CpgProgram,
  eventsOf,
  failureOf,
  heard,
  joinGroup,
  startCpg,
  transcript,
} from './support/programs/cpg-client.ts'

const test = clusterTest('libcpg')

let cluster: CorosyncCluster
let one: CpgProgram
let two: CpgProgram

test('two nodes with a program each', async () => {
  cluster = await CorosyncCluster.start({ nodes: 2 })
  ;[one, two] = (await Promise.all(cluster.nodes.map(startCpg))) as [CpgProgram, CpgProgram]
})

test('cpg_model_initialize: a join reports the change of the group, then the ring in force', async () => {
  await joinGroup(one, 'model')
  equal(transcript(one, 'model'), ['confchg 1 +1 JOIN', 'totem 1 2'])
  const self = { nodeid: 1, pid: one.pid }
  const [change] = eventsOf(one, 'confchg', 'model')
  equal(change?.group, 'model')
  equal(change?.members, [{ ...self, reason: 'UNDEFINED' }])
  equal(change?.joined, [{ ...self, reason: 'JOIN' }])
})

test('without the flag DELIVER_INITIAL_TOTEM_CONF a join does not report the ring', async () => {
  await joinGroup(one, 'plain', { initialTotemConf: false })
  await one.call('mcast', 'plain', 'hello')
  equal(await heard(one, 'plain', ['hello']), ['confchg 1 +1 JOIN', 'hello'])
})

test('cpg_initialize: changes and messages, and never a ring', async () => {
  await joinGroup(one, 'v0', { model: 'V0' })
  await one.call('mcast', 'v0', 'hello')
  equal(await heard(one, 'v0', ['hello']), ['confchg 1 +1 JOIN', 'hello'])
})

test('cpg_local_get, cpg_fd_get, cpg_max_atomic_msgsize_get, cpg_flow_control_state_get', async () => {
  is(await two.call('open', 'two'), undefined)
  is(await two.call('get', 'two', 'nodeid'), 2)
  equal(await two.call('get', 'two', 'self'), { nodeid: 2, pid: two.pid })
  ok((await two.call<number>('get', 'two', 'fd')) > 2)
  is(await two.call('get', 'two', 'atomicBytesMax'), 1_047_552)
  is(await two.call('get', 'two', 'flowControlState'), 'DISABLED')
})

test('cpg_context_set, cpg_context_get: all 64 bits', async () => {
  is(await two.call('get', 'two', 'context'), 0n)
  await two.call('setContext', 'two', 0xfedc_ba98_7654_3210n)
  is(await two.call('get', 'two', 'context'), 0xfedc_ba98_7654_3210n)
})

test('cpg_mcast_joined: one buffer, several, none at all, and every guarantee', async () => {
  await joinGroup(two, 'model')
  const texts = ['FIFO', 'AGREED', 'SAFE', 'UNORDERED']
  for (const text of texts) is(await one.call('mcast', 'model', text, text), true)
  is(await one.call('mcastParts', 'model', ['so', 'me', '', ' parts']), true)
  is(await one.call('mcastParts', 'model', []), true)
  is(await one.call('mcast', 'model', ''), true)
  is(await one.call('mcast', 'model', 'last'), true)
  await heard(two, 'model', ['last'])
  const delivered = eventsOf(two, 'deliver', 'model')
  equal(
    delivered.map(({ text }) => text),
    [...texts, 'some parts', '', '', 'last'],
  )
  equal(delivered[0]?.from, { nodeid: 1, pid: one.pid })
  equal(delivered[0]?.group, 'model')
})

test('cpg_zcb_alloc, cpg_zcb_mcast_joined, cpg_zcb_free', async () => {
  equal(await one.call('zeroCopy', 'model', 'without a copy'), { size: 1000, sent: true })
  await heard(two, 'model', ['without a copy'])
})

test('cpg_membership_get: of the own group and of any other; none is an empty list', async () => {
  const nodeids = async (group: string): Promise<number[]> =>
    (await two.call<{ nodeid: number }[]>('members', 'two', group)).map(({ nodeid }) => nodeid)
  equal((await nodeids('model')).sort(), [1, 2])
  equal(await nodeids('plain'), [1])
  equal(await nodeids('nobody is here'), [])
})

test('a zero-copy buffer that was freed, or whose connection is closed, is refused: to touch it would end the process', async () => {
  await joinGroup(one, 'freed')
  const codes = ['CLOSED', 'CLOSED', 'CLOSED']
  equal(await one.call('zeroCopyAfter', 'freed', 'free'), codes)
  equal(await one.call('zeroCopyAfter', 'freed', 'close'), codes)
})

test('a zero-copy buffer has at most the size that goes in one piece: the library ends the process when it cannot', async () => {
  for (const size of [-1, 0.5, 1_047_553, 2 ** 40]) {
    is((await failureOf(one.call('zeroCopySize', 'model', size))).name, 'RangeError')
  }
  is(await one.call('zeroCopySize', 'model', 1_047_552), 1_047_552)
})

test('cpg_iteration_initialize, _next, _finalize: names, all members, one group', async () => {
  const sorted = (list: unknown): string[] =>
    (list as { group: string; nodeid: number; pid: number }[])
      .map(({ group, nodeid, pid }) => `${group} ${nodeid} ${pid}`)
      .sort()
  equal(sorted(await two.call('groups', 'two', 'NAME_ONLY')), ['model 0 0', 'plain 0 0', 'v0 0 0'])
  equal(sorted(await two.call('groupMembers', 'two', 'model')), [`model 1 ${one.pid}`, `model 2 ${two.pid}`])
  is(sorted(await two.call('groups', 'two', 'ALL')).length, 4)
  for (let i = 0; i < 100; i++) await two.call('groups', 'two', 'ALL')
})

test('cpg_leave: everybody hears of it, the leaver too', async () => {
  await one.call('leave', 'model')
  for (const program of [one, two]) await heard(program, 'model', ['confchg 2 -1 LEAVE'])
})

test('cpg_finalize: a close leaves first, and frees the descriptor', async () => {
  const fd = await one.call<number>('get', 'plain', 'fd')
  await joinGroup(two, 'plain')
  await one.call('close', 'plain')
  await heard(two, 'plain', ['confchg 2 -1 LEAVE'])
  is(await one.call('get', 'plain', 'open'), false)
  is((await failureOf(one.call('descriptorFlags', fd))).code, 'ENOENT')
  await one.call('close', 'plain')
  const error = await failureOf(one.call('members', 'plain', 'plain'))
  is(error.code, 'CLOSED')
})

test('CS_DISPATCH_ONE_NONBLOCKING: one event, or the answer that there is none', async () => {
  await joinGroup(one, 'step', { autoDispatch: false })
  const lines: string[][] = []
  // They come when the daemon has ordered the join, which may be after its answer.
  for (let tries = 0; tries < 1000 && lines.length < 2; tries++) {
    if (await one.call('dispatch', 'step', 'ONE_NONBLOCKING')) lines.push(transcript(one, 'step'))
    else await sleep(10)
  }
  equal(lines, [['confchg 1 +1 JOIN'], ['confchg 1 +1 JOIN', 'totem 1 2']])
  is(await one.call('dispatch', 'step', 'ONE_NONBLOCKING'), false)
})

test('CS_DISPATCH_ONE: one event, waiting for it', async () => {
  for (const text of ['a', 'b', 'c', 'd']) await one.call('mcast', 'step', text)
  await one.call('dispatch', 'step', 'ONE')
  equal(transcript(one, 'step', 2), ['a'])
})

test('CS_DISPATCH_ALL: all that is there, and it returns', async () => {
  while (transcript(one, 'step', 2).length < 4) await one.call('dispatch', 'step', 'ALL')
  equal(transcript(one, 'step', 2), ['a', 'b', 'c', 'd'])
  await one.call('dispatch', 'step', 'ALL')
  equal(transcript(one, 'step', 2), ['a', 'b', 'c', 'd'])
})

test('CS_DISPATCH_BLOCKING: until a handler closes the connection, which gets no further event', async () => {
  await joinGroup(one, 'block', { autoDispatch: false })
  await one.call('closeOn', 'block', 'enough')
  for (const text of ['more', 'enough', 'too much']) await one.call('mcast', 'block', text)
  const outcome = await one.call('dispatch', 'block', 'BLOCKING').catch((error: Error) => error.message)
  equal(transcript(one, 'block', 2), ['more', 'enough'])
  is(outcome, true)
  is(await one.call('get', 'block', 'open'), false)
})

test('a dispatch from within a handler would get the same event again and again, and is refused', async () => {
  await joinGroup(one, 'nested', { autoDispatch: false })
  await one.call('dispatchOn', 'nested', 'once')
  await one.call('mcast', 'nested', 'once')
  while (transcript(one, 'nested', 2).length < 2) await one.call('dispatch', 'nested', 'ALL')
  equal(transcript(one, 'nested', 2), ['once', 'CS_ERR_BAD_OPERATION'])
})

test('errors carry code, call and message over', async () => {
  const error = await failureOf(one.call('members', 'step', ''))
  is(error.name, 'QuorateError')
  await joinGroup(two, 'own')
  const second = await failureOf(two.call('join', 'own', 'other'))
  match(second.message, 'one handle per membership')
})

test('the cluster is closed', async () => {
  await cluster.close()
})

test.run()
