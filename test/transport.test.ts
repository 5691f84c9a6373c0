// deadline: 400 s
// The CPG transport on three real corosync nodes: what the contract (transport-contract.test.ts) does not show.

import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Member, TransportEvent, View } from '@quorate/core'
import { CorosyncCluster } from '@quorate/testkit'
import * as assert from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { Remote } from './support/remote.ts'

/** What programs/load.ts reports of a large message. */
interface Large {
  readonly type: 'large'
  readonly stream: number
  readonly number: number
  readonly size: number
  readonly whole: boolean
}
type LoadEvent = Exclude<TransportEvent, { type: 'message' }> | Large
type Summary = { readonly delivered: number; readonly chain: string }

const test = clusterTest('transport on corosync')

let cluster: CorosyncCluster

const views = (events: readonly LoadEvent[]): View[] => events.filter((event) => event.type === 'view')
const larges = (events: readonly LoadEvent[]): Large[] => events.filter((event) => event.type === 'large')
const ofStream = (events: readonly LoadEvent[], wanted: number): Large[] =>
  larges(events).filter(({ stream }) => stream === wanted)
const membersNow = (events: readonly LoadEvent[]): number => views(events).at(-1)?.members.length ?? 0
const nodesNow = (events: readonly LoadEvent[]): string =>
  (views(events).at(-1)?.members ?? []).map(({ nodeid }) => nodeid).join()

/** By node id: they live as long as nobody kills them, and join one group after the other. */
const programs = new Map<number, Remote<LoadEvent>>()

async function freeProgram(nodeid: number): Promise<Remote<LoadEvent>> {
  const before = programs.get(nodeid)
  const remote = before?.running ? before : await Remote.start<LoadEvent>(cluster.node(nodeid), 'load')
  programs.set(nodeid, remote)
  // What it reported of its last group has come when it answers.
  await remote.call('ready')
  remote.events.length = 0
  return remote
}

/** A member on each of the nodes that sees all the others. */
async function joinAll(
  group: string,
  nodeids: readonly number[],
  detailedFrom?: number,
): Promise<Remote<LoadEvent>[]> {
  const remotes = await Promise.all(nodeids.map(freeProgram))
  for (const remote of remotes) await remote.call('join', group, detailedFrom)
  const everybody = (events: readonly LoadEvent[]): boolean => membersNow(events) === nodeids.length
  await Promise.all(remotes.map((remote) => remote.waitFor('view of all', everybody)))
  return remotes
}

async function killAll(remotes: readonly Remote<LoadEvent>[]): Promise<void> {
  await Promise.all(remotes.map((remote) => remote.kill()))
}

async function leaveAll(remotes: readonly Remote<LoadEvent>[]): Promise<void> {
  await Promise.all(remotes.map((remote) => remote.call('close')))
}

/** As fast as messages are accepted; how many were. */
function streamUntilStopped(sender: Remote<LoadEvent>, stream: number, size: number): Promise<number> {
  const streamed = sender.call<number>('stream', stream, Number.MAX_SAFE_INTEGER, size)
  // A failure ends a test before it is awaited.
  streamed.catch(() => {})
  return streamed
}

/** Waits until all have delivered `count` messages. */
async function summaries(remotes: readonly Remote<LoadEvent>[], count: number): Promise<Summary[]> {
  for (const remote of remotes) {
    while ((await remote.call<Summary>('summary')).delivered < count) await sleep(20)
  }
  return Promise.all(remotes.map((remote) => remote.call<Summary>('summary')))
}

/** Nothing throttles a stream for the sake of a member: on a busy machine one may lie seconds behind. */
const backlogTimeoutMs = 120_000

/** Waits for all `count` large messages of a stream, which have come once and in order. */
async function deliversAll(member: Remote<LoadEvent>, stream: number, count: number): Promise<void> {
  const all = (events: readonly LoadEvent[]): boolean => ofStream(events, stream).length >= count
  await member.waitFor('the whole stream', all, backlogTimeoutMs)
  assert.equal(
    ofStream(member.events, stream).map(({ number }) => number),
    Array.from({ length: count }, (_, number) => number),
  )
}

test('the cluster starts', async () => {
  cluster = await CorosyncCluster.start({ nodes: 3 })
})

for (const [size, count] of [
  [64, 5000],
  [16_384, 500],
  [3_000_000, 4],
] as const) {
  test(`the order is identical everywhere under load from all three: ${count} messages of ${size} bytes each`, async () => {
    const remotes = await joinAll(`order-${size}`, [1, 2, 3])
    await Promise.all(remotes.map((remote, stream) => remote.call('stream', stream, count, size)))
    const [first, ...others] = await summaries(remotes, 3 * count)
    assert.is(first?.delivered, 3 * count)
    for (const other of others) assert.equal(other, first)
    await leaveAll(remotes)
  })
}

test('a message of 5 MB arrives whole', async () => {
  const remotes = await joinAll('five-megabytes', [1, 2, 3], 1)
  await remotes[0]?.call('stream', 9, 1, 5_000_000)
  for (const remote of remotes) {
    await remote.waitFor('the message', (events) => larges(events).length === 1)
    assert.equal(larges(remote.events), [
      { type: 'large', stream: 9, number: 0, size: 5_000_000, whole: true },
    ])
  }
  await leaveAll(remotes)
})

const holds = (view: View, { nodeid, pid }: Member): boolean =>
  view.members.some((member) => member.nodeid === nodeid && member.pid === pid)

/** Whether `member` was seen to come and is gone. */
const cameAndWent = (events: readonly LoadEvent[], member: Member): boolean =>
  views(events).some((view) => holds(view, member)) &&
  !views(events)
    .slice(-1)
    .some((view) => holds(view, member))

/** What `remote` delivered from the view with which `self` joined, to the view with which it was gone. */
function deliveredWhile(remote: Remote<LoadEvent>, self: Member): number[] {
  const numbers: number[] = []
  let inside = false
  for (const event of remote.events) {
    if (event.type === 'view') inside = holds(event, self)
    if (event.type === 'large' && inside) numbers.push(event.number)
  }
  return numbers
}

const joiners = 4

test('joiners in the middle of a stream of large messages see only whole ones, and all from their view on', async () => {
  const [sender, witness] = (await joinAll('joiners', [1, 2], 1)) as [Remote<LoadEvent>, Remote<LoadEvent>]
  for (let stream = 0; stream < joiners; stream++) {
    const joiner = await Remote.start<LoadEvent>(cluster.node(3), 'load')
    // One for each joiner: it would wait for the backlog of the witness, which grows as long as a stream lasts.
    const streamed = streamUntilStopped(sender, stream, 3_000_000)
    await witness.waitFor('the stream', (events) => ofStream(events, stream).length > 0)
    const self = await joiner.call<Member>('join', 'joiners', 1)
    await joiner.waitFor('three messages', (events) => larges(events).length >= 3)
    await joiner.call('close')
    await sender.call('stop')
    for (const member of [sender, witness]) await deliversAll(member, stream, await streamed)
    await witness.waitFor('the joiner gone', (events) => cameAndWent(events, self))
    const seen = larges(joiner.events)
    assert.ok(
      seen.every(({ whole }) => whole),
      'a joiner saw a damaged message',
    )
    const numbers = seen.map(({ number }) => number)
    const expected = deliveredWhile(witness, self)
    // What was ordered while the joiner was closing is missing at its end, and only there.
    assert.equal(numbers, expected.slice(0, numbers.length), `joiner of stream ${stream}`)
    await joiner.kill()
  }
  await leaveAll([sender, witness])
})

test('a sender killed in the middle of large messages leaves nothing behind', async () => {
  const remotes = await joinAll('killed-sender', [1, 2, 3], 1)
  const [sender, ...others] = remotes as [Remote<LoadEvent>, Remote<LoadEvent>, Remote<LoadEvent>]
  sender.call('stream', 1, 1000, 5_000_000).catch(() => {})
  await others[0].waitFor('some messages', (events) => larges(events).length >= 3)
  await sender.kill()
  for (const other of others) await other.waitFor('the sender gone', (events) => membersNow(events) === 2)
  await others[0].call('stream', 2, 3, 2_000_000)
  for (const other of others) {
    await other.waitFor('the messages after it', (events) => ofStream(events, 2).length === 3)
    assert.ok(larges(other.events).every(({ whole }) => whole))
  }
  assert.equal(larges(others[0].events), larges(others[1].events))
  await leaveAll(others)
})

test('large messages survive membership changes: each is delivered once, in order, by those that stay', async () => {
  const [sender, witness] = (await joinAll('changes', [1, 2], 1)) as [Remote<LoadEvent>, Remote<LoadEvent>]
  const streamed = streamUntilStopped(sender, 1, 4_000_000)
  await cluster.partition([[1, 2], [3]])
  await cluster.waitForRing([1, 2])
  await cluster.heal()
  await cluster.waitForRing([1, 2, 3])
  await sender.call('stop')
  for (const member of [sender, witness]) {
    await deliversAll(member, 1, await streamed)
    assert.ok(larges(member.events).every(({ whole }) => whole))
  }
  await leaveAll([sender, witness])
})

test('a daemon that was paused until it was expelled comes back in views of all three', async () => {
  const remotes = await joinAll('paused', [1, 2, 3])
  const paused = cluster.node(3).daemon
  await paused.kill('SIGSTOP')
  for (const remote of remotes.slice(0, 2))
    await remote.waitFor('node 3 gone', (events) => nodesNow(events) === '1,2')
  await paused.kill('SIGCONT')
  for (const remote of remotes) {
    const back = (events: readonly LoadEvent[]): boolean =>
      nodesNow(events) === '1,2,3' && views(events).at(-1)?.cause === 'ring'
    await remote.waitFor('all three again', back)
  }
  const rings = remotes.map((remote) => views(remote.events).at(-1)?.ring)
  assert.equal(rings[1], rings[0])
  assert.equal(rings[2], rings[0])
  await Promise.all(remotes.map((remote, stream) => remote.call('stream', stream, 100, 64)))
  for (const remote of remotes)
    while ((await remote.call<Summary>('summary')).delivered < 300) await sleep(20)
  await leaveAll(remotes)
})

test('messages that came together stay whole when the memory of one is transferred', async () => {
  const [member] = (await joinAll('transfer', [1], 1)) as [Remote<LoadEvent>]
  await member.call('transferAll')
  await member.call('stream', 1, 8, 1500)
  await member.waitFor('all messages', (events) => larges(events).length === 8)
  assert.ok(larges(member.events).every(({ whole, size }) => whole && size === 1500))
  await leaveAll([member])
})

test('what was accepted is delivered although the sender closes, also while the ring is broken', async () => {
  const [sender] = (await joinAll('closing', [1])) as [Remote<LoadEvent>]
  const witness = await Remote.start<LoadEvent>(cluster.node(1), 'load')
  await witness.call('join', 'closing')
  const streamed = streamUntilStopped(sender, 1, 100_000)
  await cluster.partition([[1, 2], [3]])
  await sleep(200)
  const before = await witness.call<Summary>('summary')
  await sender.call('stop')
  const count = await streamed
  await sender.call('close')
  await witness.waitFor('the sender gone', (events) => membersNow(events) === 1)
  const after = await witness.call<Summary>('summary')
  assert.ok(before.delivered < count, 'all was delivered before the close')
  assert.is(after.delivered, count)
  await cluster.heal()
  await cluster.waitForRing([1, 2, 3])
  await witness.kill()
})

test('a sender that sends as much as is taken goes on hearing what it sends', async () => {
  const [sender] = (await joinAll('greedy', [1])) as [Remote<LoadEvent>]
  const streamed = streamUntilStopped(sender, 1, 16)
  const answer = await Promise.race([summaries([sender], 20_000), sleep(10_000)])
  assert.ok(answer, 'the sender hears nothing')
  await sender.call('stop')
  await summaries([sender], await streamed)
  await leaveAll([sender])
})

for (const size of [16, 20_000_000]) {
  test(`a daemon that hangs does not hang who sends messages of ${size} bytes to it`, async () => {
    const remotes = await joinAll(`hanging-${size}`, [1, 2, 3])
    const [sender] = remotes as [Remote<LoadEvent>]
    const streamed = streamUntilStopped(sender, 1, size)
    await cluster.node(1).daemon.kill('SIGSTOP')
    await sleep(500)
    const answer = await Promise.race([sender.call<Summary>('summary'), sleep(5000)])
    await cluster.node(1).daemon.kill('SIGCONT')
    assert.ok(answer, 'the sender hangs')
    await sender.call('stop')
    const count = await streamed
    while ((await sender.call<Summary>('summary')).delivered < count) await sleep(20)
    await cluster.waitForRing([1, 2, 3])
    await leaveAll(remotes)
  })
}

test('a daemon that dies under a sender ends the membership, and nothing is thrown', async () => {
  const sender = await Remote.start<LoadEvent>(cluster.node(1), 'load')
  await sender.call('join', 'dying')
  void streamUntilStopped(sender, 1, 16)
  for (let deaths = 1; deaths <= 5; deaths++) {
    await cluster.node(1).daemon.kill('SIGKILL')
    const count = (events: readonly LoadEvent[], type: 'down' | 'up'): number =>
      events.filter((event) => event.type === type).length
    await sender.waitFor('the end', (events) => count(events, 'down') === deaths)
    await cluster.node(1).daemon.start()
    await sender.waitFor('a new membership', (events) => count(events, 'up') === deaths)
  }
  assert.is(sender.stderr, '')
  await cluster.waitForRing([1, 2, 3])
  await sender.kill()
})

for (const [how, hangs, limitMs] of [
  ['', false, 1500],
  [', also when its daemon hangs', true, 8000],
] as const) {
  test(`close is bounded, and the process ends by itself after it${how}`, async () => {
    const file = fileURLToPath(new URL('./support/programs/short-lived.ts', import.meta.url))
    const args = [...process.execArgv, file]
    const child = cluster.node(1).spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    const lines = createInterface({ input: child.stdout as Readable })
    assert.equal(await once(lines, 'line'), ['joined once'])
    if (hangs) await cluster.node(1).daemon.kill('SIGSTOP')
    const startMs = performance.now()
    child.stdin?.end()
    const [code] = await once(child, 'exit')
    const tookMs = performance.now() - startMs
    if (hangs) await cluster.node(1).daemon.kill('SIGCONT')
    assert.is(code, 0)
    assert.ok(tookMs < limitMs, `took ${tookMs} ms`)
    await cluster.waitForRing([1, 2, 3])
  })
}

test('joining says what is wrong: twice in one group, and without a daemon', async () => {
  const first = await Remote.start<LoadEvent>(cluster.node(1), 'load')
  await first.call('join', 'twice')
  await first.call('join', 'twice').then(
    () => assert.unreachable('joined twice'),
    (error) => assert.is(error.code, 'CS_ERR_EXIST'),
  )
  await cluster.node(1).daemon.kill('SIGKILL')
  const second = await Remote.start<LoadEvent>(cluster.node(1), 'load')
  await second.call('join', 'no-daemon').then(
    () => assert.unreachable('joined without a daemon'),
    (error) => {
      assert.is(error.code, 'CS_ERR_LIBRARY')
      assert.match(error.message, /Is corosync running/)
    },
  )
  await killAll([first, second])
})

test('the cluster ends', async () => {
  await cluster.close()
})

test.run()
