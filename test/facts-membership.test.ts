// What corosync does to a group's membership, each fact by its name: changes within a ring, the loss of a node in
// every way, the merge, and which ring each service speaks of.
//
// Not shown here: ghost members, which take a node that dies in the middle of a sync (views.test.ts of cpg-transport
// has our handling), 129 members of one group, and PROCDOWN within a ring change, which takes a process that dies
// in the instant of it.

import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import {
  type CpgProgram,
  eventsOf,
  heard,
  joinGroup,
  startCpg,
  transcript,
} from './support/programs/cpg-client.ts'

const test = clusterTest('membership')

let cluster: CorosyncCluster
let programs: CpgProgram[]

const program = (nodeid: number): CpgProgram => programs[nodeid - 1] as CpgProgram
const all = [1, 2, 3]

/** Opens a quorum handle beside the member of `group`, so that one transcript holds both. */
async function trackQuorum(nodeid: number, group: string): Promise<void> {
  await program(nodeid).call('openQuorum', group)
  await program(nodeid).call('track', group)
}

/** How many events of `group` each of `nodeids` has reported so far. */
const counts = (group: string, nodeids: readonly number[]): number[] =>
  nodeids.map((nodeid) => transcript(program(nodeid), group).length)

const changes = (lines: readonly string[]): string[] => lines.filter((line) => /^(confchg|totem)/.test(line))

test('three nodes with a program each, all in one group', async () => {
  cluster = await CorosyncCluster.start({ nodes: 3 })
  programs = await Promise.all(cluster.nodes.map(startCpg))
})

test('a process that joins within a ring: a confchg with JOIN at every member, and no totem confchg', async () => {
  for (const nodeid of all) await joinGroup(program(nodeid), 'g')
  await Promise.all(all.map((nodeid) => heard(program(nodeid), 'g', ['confchg 1 2 3 +3 JOIN'])))
  equal(transcript(program(1), 'g'), [
    'confchg 1 +1 JOIN',
    'totem 1 2 3',
    'confchg 1 2 +2 JOIN',
    'confchg 1 2 3 +3 JOIN',
  ])
  equal(transcript(program(3), 'g'), ['confchg 1 2 3 +3 JOIN', 'totem 1 2 3'])
})

test('a member list gives no reasons', () => {
  for (const { members } of eventsOf(program(1), 'confchg', 'g')) {
    for (const { reason } of members) is(reason, 'UNDEFINED')
  }
})

test('a process that leaves: LEAVE', async () => {
  await joinGroup(program(1), 'leave')
  await joinGroup(program(2), 'leave')
  await program(2).call('leave', 'leave')
  equal(await heard(program(1), 'leave', ['confchg 1 -2 LEAVE'], 2), [
    'confchg 1 2 +2 JOIN',
    'confchg 1 -2 LEAVE',
  ])
})

test('a process that dies: PROCDOWN', async () => {
  const [from] = counts('g', [1])
  const mortal = await startCpg(cluster.node(2))
  await joinGroup(mortal, 'g')
  await mortal.kill()
  const lines = await heard(program(1), 'g', ['confchg 1 2 3 -2 PROCDOWN'], from)
  equal(lines, ['confchg 1 2 2 3 +2 JOIN', 'confchg 1 2 3 -2 PROCDOWN'])
  is(eventsOf(program(1), 'confchg', 'g').at(-1)?.left[0]?.pid, mortal.pid)
})

test('a node that is cut off: one NODEDOWN confchg for all its members of a group, the totem confchg last', async () => {
  const second = await startCpg(cluster.node(3))
  await joinGroup(second, 'g')
  await heard(program(1), 'g', ['confchg 1 2 3 3 +3 JOIN'])
  for (const nodeid of all) await trackQuorum(nodeid, 'g')
  await Promise.all(all.map((nodeid) => heard(program(nodeid), 'g', ['quorum 1 2 3 yes'])))
  const from = counts('g', all)
  await cluster.partition([[1, 2], [3]])
  const majority = await heard(program(1), 'g', ['quorum 1 2 yes', 'totem 1 2'], from[0])
  equal(changes(majority).slice(0, 2), ['confchg 1 2 -3 NODEDOWN -3 NODEDOWN', 'totem 1 2'])
  const alone = await heard(program(3), 'g', ['quorum 3 no', 'totem 3'], from[2])
  equal(changes(alone), ['confchg 3 3 -1 NODEDOWN -2 NODEDOWN', 'totem 3'])
  await second.kill()
})

test('CPG runs without quorum: an isolated node goes on delivering its own messages', async () => {
  await program(3).call('mcast', 'g', 'alone')
  await heard(program(3), 'g', ['alone'])
  is(await program(3).call('getQuorum', 'g', 'quorate'), false)
})

test('a merge shows each side the other as joined, with NODEUP and the same pid as before', async () => {
  await heard(program(3), 'g', ['confchg 3 -3 PROCDOWN'])
  const from = counts('g', all)
  await cluster.heal()
  const majority = await heard(program(1), 'g', ['quorum 1 2 3 yes', 'totem 1 2 3'], from[0])
  equal(changes(majority).slice(-2), ['confchg 1 2 3 +3 NODEUP', 'totem 1 2 3'])
  const back = await heard(program(3), 'g', ['quorum 1 2 3 yes', 'totem 1 2 3'], from[2])
  equal(changes(back).at(-1), 'totem 1 2 3')
  const joined = eventsOf(program(3), 'confchg', 'g').at(-1)?.joined ?? []
  equal([...joined].map(({ pid }) => pid).sort(), [program(1).pid, program(2).pid].sort())
  ok(joined.every(({ reason }) => reason === 'NODEUP'))
  equal(eventsOf(program(1), 'confchg', 'g').at(-1)?.joined, [
    { nodeid: 3, pid: program(3).pid, reason: 'NODEUP' },
  ])
})

test('CPG and quorum come on two descriptors, in any order: they match by ring id', () => {
  for (const nodeid of all) {
    const rings = eventsOf(program(nodeid), 'totem', 'g').map(({ ring, nodeids }) => ({
      ring,
      nodes: [...nodeids].sort().join(),
    }))
    for (const type of ['quorum', 'nodelist'] as const) {
      for (const { ring, members } of eventsOf(program(nodeid), type, 'g')) {
        const match = rings.find((other) => other.ring.seq === ring.seq && other.ring.nodeid === ring.nodeid)
        equal(match?.nodes, [...members].sort().join(), `${type} of ring ${ring.nodeid}.${ring.seq}`)
      }
    }
  }
})

test('the nodelist notification tells who came and who went, before the quorum of the same ring', () => {
  const { events } = program(1)
  for (const quorum of eventsOf(program(1), 'quorum', 'g')) {
    const nodelist = eventsOf(program(1), 'nodelist', 'g').find(({ ring }) => ring.seq === quorum.ring.seq)
    if (nodelist !== undefined) ok(events.indexOf(nodelist) < events.indexOf(quorum))
  }
  const told = eventsOf(program(1), 'nodelist', 'g').map(({ joined, left }) => [[...joined], [...left]])
  equal(told.slice(-2), [
    [[], [3]],
    [[3], []],
  ])
})

test('a daemon that is stopped is expelled, and comes back as after a partition', async () => {
  const from = counts('g', all)
  await cluster.node(3).daemon.kill('SIGSTOP')
  await heard(program(1), 'g', ['totem 1 2'], from[0])
  equal(transcript(program(3), 'g', from[2]), [], 'its programs hear nothing meanwhile')
  await cluster.node(3).daemon.kill('SIGCONT')
  await heard(program(1), 'g', ['quorum 1 2 3 yes'], from[0])
  // Between them rings of the same members may come and go.
  const seen = changes(transcript(program(1), 'g', from[0]))
  equal(seen.slice(0, 2), ['confchg 1 2 -3 NODEDOWN', 'totem 1 2'])
  equal(seen.slice(-2), ['confchg 1 2 3 +3 NODEUP', 'totem 1 2 3'])
  const back = changes(await heard(program(3), 'g', ['totem 1 2 3'], from[2]))
  is(back.at(-1), 'totem 1 2 3')
  is(back[0], 'confchg 3 -1 NODEDOWN -2 NODEDOWN')
})

test('a daemon that ends orderly first drops its programs: PROCDOWN, and then a totem confchg alone', async () => {
  const from = counts('g', all)
  await cluster.node(2).daemon.stop()
  await heard(program(1), 'g', ['totem 1 3'], from[0])
  equal(changes(transcript(program(1), 'g', from[0])), ['confchg 1 3 -2 PROCDOWN', 'totem 1 3'])
  await heard(program(2), 'g', ['down'], from[1])
  is(await program(2).call('get', 'g', 'open'), false)
})

test('a daemon that is killed: its programs hear that it is down, the others NODEDOWN', async () => {
  const from = counts('g', all)
  await cluster.node(3).daemon.kill('SIGKILL')
  await heard(program(3), 'g', ['down'], from[2])
  equal(await heard(program(1), 'g', ['totem 1', 'quorum 1 no'], from[0]).then(changes), [
    'confchg 1 -3 NODEDOWN',
    'totem 1',
  ])
})

test('a daemon that is killed leaves its shared memory in /dev/shm', async () => {
  await sleep(50)
  ok(readdirSync(cluster.node(3).path('/dev/shm')).some((name) => name.startsWith('qb-')))
})

test('a node that comes back without members is a totem confchg alone; its process then joins', async () => {
  const from = counts('g', all)
  await cluster.node(3).daemon.start()
  await cluster.waitForRing([1, 3])
  await program(3).call('open', 'g2')
  await program(3).call('join', 'g2', 'g')
  await heard(program(1), 'g', ['confchg 1 3 +3 JOIN'], from[0])
  const lines = changes(transcript(program(1), 'g', from[0]))
  equal(lines.slice(-2), ['totem 1 3', 'confchg 1 3 +3 JOIN'])
})

test('the cluster is closed', async () => {
  await cluster.close()
})

test.run()
