// What corosync does with handles and messages, each fact by its name, and what the class Cpg makes of it.

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

const test = clusterTest('handles and sending')

let cluster: CorosyncCluster
let one: CpgProgram
let two: CpgProgram

test('two nodes with a program each', async () => {
  cluster = await CorosyncCluster.start({ nodes: 2 })
  ;[one, two] = (await Promise.all(cluster.nodes.map(startCpg))) as [CpgProgram, CpgProgram]
})

test('group names have 1 to 127 bytes without NUL; the longest names a group as any other', async () => {
  await one.call('open', 'names')
  for (const group of ['', 'x'.repeat(128), 'ü'.repeat(64), 'a\0b']) {
    is((await failureOf(one.call('join', 'names', group))).name, 'QuorateError')
  }
  const longest = 'ü'.repeat(63)
  await one.call('join', 'names', longest)
  await heard(one, 'names', ['totem 1 2'])
  is(eventsOf(one, 'confchg', 'names')[0]?.group, longest)
})

test('a handle that has left is burnt: a second join would spin for ever, and is refused', async () => {
  await joinGroup(one, 'burnt')
  await one.call('leave', 'burnt')
  const error = await failureOf(one.call('join', 'burnt', 'burnt'))
  is(error.code, 'CS_ERR_BAD_OPERATION')
  match(error.message, 'open another')
})

test('a second join of a joined handle is refused, also while the first is under way', async () => {
  await one.call('open', 'twice')
  const [first, second] = await Promise.allSettled([
    one.call('join', 'twice', 'twice'),
    one.call('join', 'twice', 'twice'),
  ])
  is(first?.status, 'fulfilled')
  is((second as PromiseRejectedResult).reason.code, 'CS_ERR_BAD_OPERATION')
})

test('a process may be in a group once: CS_ERR_EXIST, by whatever handle', async () => {
  await one.call('open', 'twin')
  const error = await failureOf(one.call('join', 'twin', 'twice'))
  is(error.code, 'CS_ERR_EXIST')
  match(error.message, 'one membership per process and group')
})

test('a handle whose join was refused can join another group', async () => {
  await one.call('join', 'twin', 'twin')
  await heard(one, 'twin', ['confchg 1 +1 JOIN'])
})

test('joining while the own leave is in flight is CS_ERR_TRY_AGAIN in the daemon: tried again until it works', async () => {
  for (let i = 0; i < 5; i++) {
    const name = `turn ${i}`
    await one.call('open', name)
    await one.call('join', name, 'revolving')
    await one.call('leave', name)
    await one.call('close', name)
  }
  is(transcript(one, 'turn 4').filter((line) => line === 'confchg 1 +1 JOIN').length, 1)
})

test('a handle takes one thread at a time: calls are refused while a join is under way', async () => {
  await one.call('open', 'threads')
  is((await failureOf(one.call('joinAndLook', 'threads', 'threads'))).code, 'CS_ERR_TRY_AGAIN')
  await heard(one, 'threads', ['totem 1 2'])
})

test('a child process does not inherit the connection', async () => {
  const fd = await one.call<number>('get', 'threads', 'fd')
  ok(((await one.call<number>('descriptorFlags', fd)) & 0o2000000) !== 0, 'close on exec')
  const { own, inherited } = await one.call<{ own: string[]; inherited: string[] }>('sockets')
  ok(own.length > 0)
  equal(inherited, [])
})

test('a multicast when not joined would be dropped and called OK: it is refused, before and after', async () => {
  await one.call('open', 'outside')
  const before = await failureOf(one.call('mcast', 'outside', 'lost'))
  is(before.code, 'CS_ERR_NOT_EXIST')
  match(before.message, 'Join a group first')
  const after = await failureOf(one.call('mcast', 'burnt', 'lost'))
  is(after.code, 'CS_ERR_NOT_EXIST')
  match(after.message, 'has left its group')
  is((await failureOf(one.call('zeroCopy', 'outside', 'lost'))).code, 'CS_ERR_NOT_EXIST')
})

test('the largest message that goes in one piece has 1,047,552 bytes; one more is refused', async () => {
  await joinGroup(one, 'large')
  await joinGroup(two, 'large')
  await one.call('mcastLength', 'large', 1_047_552)
  await two.waitFor('the message', () => eventsOf(two, 'deliver', 'large').length > 0)
  is(eventsOf(two, 'deliver', 'large')[0]?.length, 1_047_552)
  const error = await failureOf(one.call('mcastLength', 'large', 1_047_553))
  is(error.name, 'RangeError')
  match(error.message, '1047553 bytes; at most 1047552')
})

test('the size of a message counts over all its buffers', async () => {
  const half = 'x'.repeat(600_000)
  is((await failureOf(one.call('mcastParts', 'large', [half, half]))).name, 'RangeError')
})

test('63 buffers make one message; over 63 would smash the stack of libcpg, and are refused', async () => {
  const parts = Array.from({ length: 63 }, (_, i) => String(i % 10))
  is(await one.call('mcastParts', 'large', parts), true)
  await heard(two, 'large', [parts.join('')])
  const error = await failureOf(one.call('mcastParts', 'large', [...parts, '!']))
  is(error.name, 'RangeError')
  match(error.message, '64 buffers; at most 63')
})

test('under flow control a multicast is not taken, and the state still says DISABLED', async () => {
  await joinGroup(one, 'flow')
  const taken = await one.call<number>('mcastAtOnce', 'flow', 3000, 100_000)
  ok(taken > 0 && taken < 3000, `${taken} were taken`)
  is(await one.call('get', 'flow', 'flowControlState'), 'DISABLED')
  await one.waitFor('what was taken', () => eventsOf(one, 'deliver', 'flow').length === taken)
})

test('what is not taken can be sent again: nothing is lost, doubled or out of order', async () => {
  await joinGroup(one, 'flood')
  await joinGroup(two, 'flood')
  const count = 100
  const expected = Array.from({ length: count }, (_, i) => i)
  // A daemon that takes nothing for a moment is full; for a longer one the others would expel it.
  await cluster.node(1).daemon.kill('SIGSTOP')
  const flooded = one.call<number>('flood', 'flood', count, 100_000)
  await sleep(300)
  await cluster.node(1).daemon.kill('SIGCONT')
  const refusals = await flooded
  for (const program of [one, two]) {
    await program.waitFor('the flood', () => eventsOf(program, 'deliver', 'flood').length >= count)
    equal(
      eventsOf(program, 'deliver', 'flood').map(({ text }) => Number(text)),
      expected,
    )
  }
  ok(refusals > 0, 'the daemon was never full')
})

test('the cluster is closed', async () => {
  await cluster.close()
})

test.run()
