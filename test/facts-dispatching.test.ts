// How events come out of corosync, each fact by its name: what throws, what hangs, what dies, and both ways of
// waiting. That no bad descriptor is polled: poll.test.ts of corosync-ffi.

import { setTimeout as sleep } from 'node:timers/promises'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is, ok } from 'uvu/assert'
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

const test = clusterTest('dispatching')

let cluster: CorosyncCluster
let one: CpgProgram
let two: CpgProgram

const texts = (program: CpgProgram, name: string): string[] =>
  eventsOf(program, 'deliver', name).map(({ text }) => text)

/** Stops the daemon of node 2 for the length of `work`; it goes on whatever comes of that. */
async function whileStopped(work: () => Promise<void>): Promise<void> {
  await cluster.waitForRing([1, 2])
  await cluster.node(2).daemon.kill('SIGSTOP')
  try {
    await work()
  } finally {
    await cluster.node(2).daemon.kill('SIGCONT')
  }
}

test('two nodes with a program each', async () => {
  cluster = await CorosyncCluster.start({ nodes: 2 })
  ;[one, two] = (await Promise.all(cluster.nodes.map(startCpg))) as [CpgProgram, CpgProgram]
})

for (const waitOn of ['loop', 'thread'] as const) {
  test(`dispatch works waiting on the ${waitOn}: changes and messages, to the end`, async () => {
    const group = `on the ${waitOn}`
    await joinGroup(one, group, { waitOn })
    await joinGroup(two, group, { waitOn })
    await one.call('flood', group, 500, 10)
    await two.waitFor('all messages', () => texts(two, group).length === 500)
    await two.call('close', group)
    await heard(one, group, ['confchg 1 -2 LEAVE'])
    await one.call('close', group)
  })
}

test('the library calls the dispatch of a handle that is freed CS_OK: ours says CLOSED', async () => {
  await joinGroup(one, 'freed')
  await one.call('close', 'freed')
  for (const flag of ['ALL', 'ONE_NONBLOCKING'])
    is((await failureOf(one.call('dispatch', 'freed', flag))).code, 'CLOSED')
})

test('what a handler throws is an uncaught exception; no message is lost or disturbed by it', async () => {
  await one.call('reportUncaught')
  await joinGroup(one, 'throw')
  for (const text of ['b', 'd']) await one.call('throwOn', 'throw', text)
  for (const text of ['a', 'b', 'c', 'd', 'e']) await one.call('mcast', 'throw', text)
  await heard(one, 'throw', ['e'])
  equal(texts(one, 'throw'), ['a', 'b', 'c', 'd', 'e'])
  const uncaught = (): string[] =>
    one.events.flatMap((event) => (event.type === 'uncaught' ? [event.message] : []))
  await one.waitFor('both exceptions', () => uncaught().length >= 2)
  equal(uncaught(), ['thrown on b', 'thrown on d'])
})

test('a throw within one native call leaves the callbacks that follow in it alone', async () => {
  await joinGroup(one, 'all', { autoDispatch: false })
  await one.call('throwOn', 'all', 'a')
  for (const text of ['a', 'b', 'c']) await one.call('mcast', 'all', text)
  while (texts(one, 'all').length < 3) await one.call('dispatch', 'all', 'ALL')
  equal(texts(one, 'all'), ['a', 'b', 'c'])
})

test('a handler may close its connection: nothing comes after that', async () => {
  await joinGroup(one, 'close')
  await one.call('closeOn', 'close', 'enough')
  await one.call('mcast', 'close', 'enough')
  await one.waitFor('the end', () => texts(one, 'close').length > 0)
  for (const endMs = performance.now() + 5000; await one.call('get', 'close', 'open'); await sleep(5)) {
    ok(performance.now() < endMs, 'it is still open')
  }
})

test('a delivered message is a copy: what comes later does not touch it', async () => {
  await joinGroup(one, 'kept')
  await one.call('keep', 'kept')
  await one.call('flood', 'kept', 2000, 1000)
  await one.waitFor('all messages', () => texts(one, 'kept').length === 2000)
  is(await one.call('keptIntact', 'kept'), 2000)
})

test('a busy process gets all later, and the other programs of its node go on meanwhile', async () => {
  const busy = await startCpg(cluster.node(1))
  await joinGroup(busy, 'busy')
  await joinGroup(one, 'busy')
  const occupied = busy.call('occupy', 1500)
  await one.call('mcast', 'busy', 'meanwhile')
  await heard(one, 'busy', ['meanwhile'])
  equal(texts(busy, 'busy'), [])
  await occupied
  await heard(busy, 'busy', ['meanwhile'])
  await busy.kill()
})

test('a process that does not dispatch makes the queue of its daemon grow, and holds nobody back', async () => {
  const lazy = await startCpg(cluster.node(2))
  await joinGroup(lazy, 'lazy', { autoDispatch: false })
  await joinGroup(one, 'lazy')
  await one.call('flood', 'lazy', 300, 100_000)
  await one.waitFor('its own messages', () => texts(one, 'lazy').length === 300)
  const { stdout } = await cluster.node(2).exec('corosync-cmapctl', ['-m', 'stats'])
  const queued = [...stdout.matchAll(/^stats\.ipcs\.service2\.(\d+)\.\S+\.queued \(u32\) = (\d+)$/gm)]
  const ofLazy = queued.filter(([, pid]) => Number(pid) === lazy.pid).map(([, , count]) => Number(count))
  ok((ofLazy[0] ?? 0) > 50, `queued: ${ofLazy}`)
  while (await lazy.call('dispatch', 'lazy', 'ONE_NONBLOCKING'));
  await lazy.kill()
})

test('a stopped daemon hangs its callers: the answer comes when it goes on', async () => {
  await joinGroup(two, 'hang')
  let members: Promise<unknown[]> = Promise.resolve([])
  let answered = false
  // Shorter than the token's time limit, so that no ring change follows.
  await whileStopped(async () => {
    members = two.call<unknown[]>('members', 'hang', 'hang').finally(() => {
      answered = true
    })
    await sleep(400)
    is(answered, false)
  })
  is((await members).length, 1)
})

test('a multicast to a stopped daemon is accepted all the same', async () => {
  await whileStopped(async () => {
    is(await two.call('mcast', 'hang', 'accepted'), true)
  })
  await heard(two, 'hang', ['accepted'])
})

test('a stopped daemon leaves no room for the byte that announces a request, and libqb would spin: mcast returns false', async () => {
  await whileStopped(async () => {
    const answer = two.call<number>('mcastAtOnce', 'hang', 2000, 10)
    const taken = await Promise.race([answer, sleep(800, undefined)])
    ok(taken !== undefined, 'the sender hangs')
    ok(taken > 0 && taken < 2000, `${taken} were taken`)
  })
})

test('close is bounded with a stopped daemon, and so is the end of the process', async () => {
  const leaver = await startCpg(cluster.node(2))
  await joinGroup(leaver, 'leaver')
  await whileStopped(async () => {
    const beginMs = performance.now()
    await leaver.call('close', 'leaver')
    const tookMs = performance.now() - beginMs
    ok(tookMs > 500 && tookMs < 8000, `close took ${tookMs} ms`)
    is(await leaver.call('get', 'leaver', 'open'), false)
    leaver.child.disconnect()
    const endMs = performance.now() + 8000
    while (leaver.child.exitCode === null && performance.now() < endMs) await sleep(20)
    is(leaver.child.exitCode, 0, 'the process does not end')
  })
})

test('the daemon dies while a process is busy: it hears so afterwards', async () => {
  await cluster.waitForRing([1, 2])
  const unread = transcript(one, 'throw').length
  const occupied = one.call('occupy', 1500)
  await cluster.node(1).daemon.kill('SIGKILL')
  await occupied
  await heard(one, 'throw', ['down'], unread)
  is((await failureOf(one.call('mcast', 'throw', 'late'))).code, 'CLOSED')
})

test('the cluster is closed', async () => {
  await cluster.close()
})

test.run()
