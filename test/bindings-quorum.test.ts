// libquorum and libvotequorum on real daemons: two nodes of which one alone stays quorate, once both have been seen.

import type { VoteQuorumInfo } from '@quorate/cpg-transport'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import {
  type CpgProgram,
  eventsOf,
  failureOf,
  heard,
  startCpg,
  transcript,
} from './support/programs/cpg-client.ts'
import { Remote } from './support/remote.ts'

const test = clusterTest('libquorum and libvotequorum')

let cluster: CorosyncCluster
let program: CpgProgram
let votes: Remote<never>

const info = (nodeid?: number): Promise<VoteQuorumInfo> => votes.call('info', nodeid)
const flagsSet = ({ flags }: VoteQuorumInfo): string[] =>
  Object.entries(flags)
    .filter(([, set]) => set)
    .map(([flag]) => flag)

test('a cluster of two that waits for both: the first node alone is not quorate', async () => {
  cluster = await CorosyncCluster.start({
    nodes: 2,
    daemons: [1],
    quorum: { twoNode: true, waitForAll: true },
  })
  program = await startCpg(cluster.node(1))
  votes = await Remote.start(cluster.node(1), 'votequorum')
  await program.call('openQuorum', 'q')
  await votes.call('open')
  is(await program.call('getQuorum', 'q', 'quorate'), false)
})

test('quorum_model_initialize: a provider is configured', async () => {
  is(await program.call('getQuorum', 'q', 'type'), 'set')
  ok((await program.call<number>('getQuorum', 'q', 'fd')) > 2)
})

test('votequorum_getinfo: one vote of two, waiting for all', async () => {
  const alone = await info()
  equal(
    [alone.nodeid, alone.state, alone.votes, alone.expectedVotes, alone.highestExpected, alone.totalVotes],
    [1, 'MEMBER', 1, 2, 2, 1],
  )
  is(alone.quorum, 1)
  equal(flagsSet(alone), ['twoNode', 'waitForAll'])
  equal([alone.qdeviceName, alone.qdeviceVotes], ['', 0])
})

test('nothing is told before track', async () => {
  equal(transcript(program, 'q'), [])
})

test('quorum_trackstart: the present state at once, with its ring', async () => {
  await program.call('track', 'q')
  await heard(program, 'q', ['quorum 1 no', 'nodelist'])
  equal(eventsOf(program, 'quorum', 'q')[0]?.ring.nodeid, 1)
  equal(eventsOf(program, 'nodelist', 'q')[0]?.members, [1])
})

test('both nodes: quorate, and getquorate says the same', async () => {
  await cluster.node(2).daemon.start()
  await heard(program, 'q', ['quorum 1 2 yes'])
  is(await program.call('getQuorum', 'q', 'quorate'), true)
  equal(eventsOf(program, 'nodelist', 'q').at(-1)?.joined, [2])
  const both = await info()
  equal([both.totalVotes, both.quorum], [2, 1])
  equal(flagsSet(both), ['twoNode', 'quorate', 'waitForAll'])
})

test('votequorum_getinfo of another node, and of one that nobody has seen', async () => {
  const other = await info(2)
  equal([other.nodeid, other.state, other.votes], [2, 'MEMBER', 1])
  is((await failureOf(info(9))).code, 'CS_ERR_NOT_EXIST')
})

test('quorum_trackstop: nothing more is told', async () => {
  await program.call('openQuorum', 'silent')
  await program.call('track', 'silent', ['CURRENT', 'CHANGES'])
  await heard(program, 'silent', ['quorum 1 2 yes'])
  await program.call('untrack', 'silent')
})

test('the node that stays is quorate, and knows the other as dead', async () => {
  const from = transcript(program, 'q').length
  const silent = transcript(program, 'silent')
  await cluster.node(2).daemon.kill('SIGKILL')
  await heard(program, 'q', ['quorum 1 yes'], from)
  equal(eventsOf(program, 'nodelist', 'q').at(-1)?.left, [2])
  is((await info(2)).state, 'DEAD')
  is((await info()).totalVotes, 1)
  equal(transcript(program, 'silent'), silent)
})

test('quorum_dispatch by hand: one event at a time, or all', async () => {
  await program.call('openQuorum', 'manual', { autoDispatch: false })
  is(await program.call('dispatchQuorum', 'manual', 'ONE_NONBLOCKING'), false)
  await program.call('track', 'manual', ['CURRENT'])
  is(await program.call('dispatchQuorum', 'manual', 'ONE'), true)
  is(transcript(program, 'manual').length, 1)
  is(await program.call('dispatchQuorum', 'manual', 'ALL'), true)
  equal(transcript(program, 'manual').sort(), ['nodelist', 'quorum 1 yes'])
})

test('quorum_finalize, votequorum_finalize: every later call is refused', async () => {
  await program.call('closeQuorum', 'q')
  await program.call('closeQuorum', 'q')
  is(await program.call('getQuorum', 'q', 'open'), false)
  is((await failureOf(program.call('getQuorum', 'q', 'quorate'))).code, 'CLOSED')
  await votes.call('close')
  await votes.call('close')
  is((await failureOf(info())).code, 'CLOSED')
})

test('the daemon dies: a quorum handle says down, a votequorum handle fails', async () => {
  await votes.call('open')
  await cluster.node(1).daemon.kill('SIGKILL')
  await heard(program, 'silent', ['down'])
  is(await program.call('getQuorum', 'silent', 'open'), false)
  is((await failureOf(info())).code, 'CS_ERR_LIBRARY')
  await votes.call('close')
})

test('without a quorum provider every node is quorate, and there is no votequorum', async () => {
  cluster.node(1).configure((conf) => conf.delete('quorum.provider'))
  await cluster.node(1).daemon.start()
  await program.call('openQuorum', 'free')
  is(await program.call('getQuorum', 'free', 'type'), 'free')
  is(await program.call('getQuorum', 'free', 'quorate'), true)
  is((await failureOf(votes.call('open'))).code, 'CS_ERR_LIBRARY')
})

test('the cluster is closed', async () => {
  await cluster.close()
})

test.run()
