// The ready-made schemas, with what a corosync of two nodes has in its map.

import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { liveConfig } from '../live-config/live-config.ts'
import type { ConfigError, ConfigProblem } from '../live-config/problem.ts'
import { MemoryMap } from '../memory-map.test-support.ts'
import { nodeList } from './node-list.ts'
import { quorum } from './quorum.ts'
import { runtimeMembers } from './runtime-members.ts'
import { configuredTotem, totem } from './totem.ts'

const test = suite('ready-made schemas')

const corosync = (): MemoryMap =>
  new MemoryMap({
    'nodelist.local_node_pos': 1,
    'nodelist.node.0.name': 'node1',
    'nodelist.node.0.nodeid': 1,
    'nodelist.node.0.ring0_addr': '10.0.0.1',
    'nodelist.node.0.ring1_addr': '10.1.0.1',
    'nodelist.node.1.nodeid': 2,
    'nodelist.node.1.quorum_votes': 3,
    'nodelist.node.1.ring0_addr': '10.0.0.2',
    'quorum.provider': 'corosync_votequorum',
    'quorum.two_node': 1,
    'quorum.device.votes': '1',
    'runtime.config.totem.consensus': 1200,
    'runtime.config.totem.interface.0.knet_ping_interval': 250,
    'runtime.config.totem.interface.0.knet_ping_timeout': 500,
    'runtime.config.totem.join': 50,
    'runtime.config.totem.knet_compression_model': 'none',
    'runtime.config.totem.token': 1000,
    'runtime.members.1.config_version': 0n,
    'runtime.members.1.ip': 'r(0) ip(10.0.0.1) r(1) ip(10.1.0.1) ',
    'runtime.members.1.join_count': 1,
    'runtime.members.1.status': 'joined',
    'totem.cluster_name': '7',
    'totem.interface.0.bindnetaddr': '10.0.0.1',
    'totem.token': 1000,
  })

test('totem has what is in force, in milliseconds', async () => {
  const { value } = await liveConfig({ map: corosync(), ...totem })
  assert.equal([value.tokenMs, value.consensusMs, value.joinMs, value.mergeMs], [1000, 1200, 50, undefined])
  assert.equal(value.links, [{ link: 0, pingIntervalMs: 250, pingTimeoutMs: 500 }])
})

test('configuredTotem has what the file says, and text is text', async () => {
  const { value } = await liveConfig({ map: corosync(), ...configuredTotem })
  assert.equal([value.clusterName, value.tokenMs, value.consensusMs], ['7', 1000, undefined])
})

test('nodeList has the nodes with addresses by link and votes, and which one this is', async () => {
  const { value } = await liveConfig({ map: corosync(), ...nodeList })
  const second = { nodeid: 2, name: undefined, votes: 3, addresses: { 0: '10.0.0.2' } }
  const first = { nodeid: 1, name: 'node1', votes: 1, addresses: { 0: '10.0.0.1', 1: '10.1.0.1' } }
  assert.equal(value, { nodes: [first, second], local: second })
})

test('a list whose first place is gone is a list still', async () => {
  const map = new MemoryMap({
    'nodelist.node.1.nodeid': 2,
    'nodelist.node.10.nodeid': 3,
    'nodelist.node.9.nodeid': 4,
  })
  const { value } = await liveConfig({ map, ...nodeList })
  assert.equal(
    value.nodes.map(({ nodeid }) => nodeid),
    [2, 4, 3],
  )
})

test('quorum has booleans of the numbers and words in the map', async () => {
  const { value } = await liveConfig({ map: corosync(), ...quorum })
  assert.is(value.twoNode, true)
  assert.is(value.waitForAll, undefined)
  assert.equal(value.device, { model: undefined, votes: 1 })
})

test('runtimeMembers has who was seen, by node id, as they come and go', async () => {
  const map = corosync()
  const config = await liveConfig({ map, ...runtimeMembers })
  const addresses = { 0: '10.0.0.1', 1: '10.1.0.1' }
  assert.equal(config.value, [{ nodeid: 1, status: 'joined', addresses, joins: 1, configVersion: 0 }])
  map.change({ 'runtime.members.1.status': 'left' })
  await sleep(0)
  assert.is(config.value[0]?.status, 'left')
})

test('runtimeMembers has a node once corosync has written its last key, and nothing is wrong before', async () => {
  const map = corosync()
  const problems: ConfigProblem[] = []
  const invalid = (found: readonly ConfigProblem[]): void => void problems.push(...found)
  const config = await liveConfig({ map, ...runtimeMembers, invalid })
  const told: number[] = []
  config.on('change', ({ value }) => void told.push(value.length))
  for (const [name, value] of Object.entries({ ip: 'r(0) ip(10.0.0.2) ', join_count: 1, status: 'joined' })) {
    map.change({ [`runtime.members.2.${name}`]: value })
    await sleep(0)
    assert.is((await liveConfig({ map, ...runtimeMembers })).value.length, 1)
  }
  map.change({ 'runtime.members.2.config_version': 0n })
  await sleep(0)
  assert.equal([told, problems], [[2], []])
  assert.is(config.value[1]?.addresses[0], '10.0.0.2')
})

test('on a machine without corosync there are no nodes, members or settings, and no timeouts to go by', async () => {
  const map = new MemoryMap()
  assert.equal((await liveConfig({ map, ...nodeList })).value, { nodes: [], local: undefined })
  assert.equal((await liveConfig({ map, ...runtimeMembers })).value, [])
  assert.is((await liveConfig({ map, ...quorum })).value.twoNode, undefined)
  const error = await liveConfig({ map, ...totem }).catch((thrown: unknown) => thrown)
  assert.equal(
    (error as ConfigError).problems.map(({ key }) => key),
    ['runtime.config.totem.token', 'runtime.config.totem.consensus'],
  )
})

test('what is wrong is named by its key', async () => {
  const map = corosync()
  const problems: ConfigProblem[] = []
  const invalid = (found: readonly ConfigProblem[]): void => void problems.push(...found)
  const config = await liveConfig({ map, ...nodeList, invalid })
  map.change({ 'nodelist.node.1.nodeid': 'two', 'nodelist.node.0.quorum_votes': -1 })
  await sleep(0)
  assert.equal(
    problems.map(({ key, reason }) => [key, reason]),
    [
      ['nodelist.node.0.quorum_votes', 'expected a whole number'],
      ['nodelist.node.1.nodeid', 'expected a whole number'],
    ],
  )
  assert.equal(
    config.value.nodes.map(({ nodeid, votes }) => [nodeid, votes]),
    [
      [1, 1],
      [2, 3],
    ],
  )
})

test.run()
