// Live configuration on real daemons: what a reload, a tool and a daemon's next life change; and the sections that
// corosync has anyway, on a ring that nodes come to and leave.

import type { ConfiguredTotem, QuorumSettings, RuntimeMember, Totem } from '@quorate/cmap-config'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is, match } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import type { Service } from './support/programs/live-config.ts'
import {
  changesOf,
  type LiveConfigProgram,
  lastValue,
  linesOf,
  refusalsOf,
  startLiveConfig,
  toldChanges,
} from './support/programs/live-config-client.ts'

const test = clusterTest('live configuration of daemons')

const key = (name: string): string => `quorate.service.${name}`

let cluster: CorosyncCluster
let first: LiveConfigProgram
let second: LiveConfigProgram

const tool = async (nodeid: number, ...args: string[]): Promise<void> => {
  const { code, stderr } = await cluster.node(nodeid).exec('corosync-cmapctl', args)
  is(code, 0, stderr)
}

test('what corosync.conf says as text is read as the schema wants it', async () => {
  cluster = await CorosyncCluster.start({
    nodes: 3,
    daemons: [1, 2],
    tokenMs: 500,
    quorum: { votes: { 1: 3 } },
    configure(conf) {
      conf.set(key('batchMax'), '50').set(key('ratio'), '0.5').set(key('bytesTotal'), '18446744073709551615')
      conf.set(key('verbose'), 'yes').set(key('label'), '7')
      conf.set(key('hosts.0'), 'a').set(key('hosts.1'), 'b')
    },
  })
  ;[first, second] = (await Promise.all([1, 2].map((nodeid) => startLiveConfig(cluster.node(nodeid))))) as [
    LiveConfigProgram,
    LiveConfigProgram,
  ]
  for (const program of [first, second]) {
    await program.call('open')
    equal(await program.call('follow', 'service'), {
      ...{
        batchMax: 50,
        ratio: 0.5,
        bytesTotal: 2n ** 64n - 1n,
        verbose: true,
        label: '7',
        hosts: ['a', 'b'],
      },
    })
  }
})

const reloaded = [
  'reload',
  `${key('batchMax')}: 50 → 60`,
  `${key('bytesTotal')}: 18446744073709551615n → 0n`,
  `${key('hosts.1')}: "b" → "c"`,
  `${key('hosts.2')}: - → "d"`,
  `${key('label')}: "7" → "yes"`,
  `${key('verbose')}: true → false`,
]

test('a reload that changes several keys is one change on each node, and what next() gives', async () => {
  cluster.configure((conf) => {
    conf.set(key('batchMax'), '60').set(key('bytesTotal'), '0').set(key('verbose'), 'off')
    conf.set(key('label'), 'yes').set(key('hosts.1'), 'c').set(key('hosts.2'), 'd')
  })
  const nexts = [first, second].map((program) => program.call<never>('next', 'service'))
  const [, ...changes] = await Promise.all([cluster.node(2).reload(), ...nexts])
  for (const change of changes) equal(linesOf(change).sort(), [...reloaded].sort())
  for (const program of [first, second]) {
    await toldChanges(program, 'service', 1)
    equal(changesOf(program, 'service')[0]?.value, {
      ...{ batchMax: 60, ratio: 0.5, bytesTotal: 0n, verbose: false, label: 'yes', hosts: ['a', 'c', 'd'] },
    })
  }
})

test('what the schema refuses is told with key and reason, its last good value stays, and the rest is taken', async () => {
  cluster.configure((conf) => conf.set(key('batchMax'), '5000').set(key('ratio'), '0.25'))
  await cluster.node(1).reload()
  for (const program of [first, second]) {
    equal((await toldChanges(program, 'service', 2))[1], ['reload', `${key('ratio')}: 0.5 → 0.25`])
    const [problem] = refusalsOf(program)
    equal([problem?.key, problem?.value], [key('batchMax'), '5000'])
    match(problem?.reason ?? '', /as number 5000: .*<=1000/)
    equal(await program.call('problems', 'service'), refusalsOf(program))
    is(lastValue<Service>(program, 'service')?.batchMax, 60)
  }
})

test('what corosync-cmapctl sets and deletes holds on its node alone', async () => {
  await tool(2, '-s', key('batchMax'), 'u32', '70')
  await tool(2, '-d', key('ratio'))
  equal((await toldChanges(second, 'service', 4)).slice(2), [
    ['set', `${key('batchMax')}: 60 → 70`],
    ['set', `${key('ratio')}: 0.25 → -`],
  ])
  equal(await second.call('problems', 'service'), [])
  is(lastValue<Service>(second, 'service')?.ratio, 1)
  is(changesOf(first, 'service').length, 2)
})

test('a daemon that was killed and comes back with another file is one change; then each change is told once', async () => {
  await cluster.node(2).daemon.kill('SIGKILL')
  await second.waitFor('down', (events) => events.some(({ type }) => type === 'down'))
  is((await second.call<Service>('value', 'service')).batchMax, 70)
  cluster.node(2).configure((conf) => {
    conf.set(key('batchMax'), 'many').set(key('label'), 'new').delete(key('hosts.2'))
  })
  const next = second.call<never>('next', 'service')
  const [change] = await Promise.all([next, cluster.node(2).daemon.start()])
  const expected = [
    `${key('hosts.2')}: "d" → -`,
    `${key('label')}: "yes" → "new"`,
    `${key('ratio')}: - → 0.25`,
  ]
  equal(linesOf(change).sort(), [...expected, 'reconnect'])
  is(refusalsOf(second).at(-1)?.value, 'many')
  await tool(2, '-s', key('batchMax'), 'u32', '80')
  equal((await toldChanges(second, 'service', 6))[5], ['set', `${key('batchMax')}: 70 → 80`])
  is(changesOf(first, 'service').length, 2)
})

test('totem, the node list and the settings of quorum are those of the file, as each node has them', async () => {
  const nodes = cluster.nodes.map(({ id, address }) => ({
    ...{ nodeid: id, name: `node${id}`, votes: id === 1 ? 3 : 1, addresses: { 0: address } },
  }))
  for (const [position, program] of [first, second].entries()) {
    equal(await program.call('follow', 'nodeList'), { nodes, local: nodes[position] })
    const { tokenMs, consensusMs, links } = await program.call<Totem>('follow', 'totem')
    equal([tokenMs, consensusMs, links], [500, 600, [{ link: 0, pingIntervalMs: 125, pingTimeoutMs: 250 }]])
    const configured = await program.call<ConfiguredTotem>('follow', 'configuredTotem')
    equal([configured.clusterName, configured.tokenMs, configured.consensusMs], ['testkit', 500, undefined])
    const { provider, twoNode } = await program.call<QuorumSettings>('follow', 'quorum')
    equal([provider, twoNode], ['corosync_votequorum', undefined])
  }
})

test('a reload of the token is one change of what is configured, and one of all that follows from it', async () => {
  cluster.configure((conf) => conf.set('totem.token', 1000).set('quorum.wait_for_all', 1))
  // Until it is back in the ring, node 2 hears of no reload.
  await cluster.waitForRing([1, 2])
  await cluster.node(1).reload()
  for (const program of [first, second]) {
    const [configured] = await toldChanges(program, 'configuredTotem', 1)
    match(`${configured}`, /^reload,.*totem\.token: 500 → 1000/)
    const [inForce] = await toldChanges(program, 'totem', 1)
    match(`${inForce}`, /^reload,.*consensus: 600 → 1200,.*token: 500 → 1000/)
    equal(await toldChanges(program, 'quorum', 1), [['reload', 'quorum.wait_for_all: - → true']])
  }
})

/** Until both nodes say this of node 3; how often it came. */
async function thirdIs(status: string, joins: number): Promise<void> {
  for (const program of [first, second])
    await program.waitFor(`node 3 ${status}`, () => {
      const third = lastValue<RuntimeMember[]>(program, 'runtimeMembers')?.[2]
      return third?.status === status && third.joins === joins
    })
}

test('runtimeMembers follows a node that comes for the first time, dies and comes again', async () => {
  for (const program of [first, second])
    is((await program.call<RuntimeMember[]>('follow', 'runtimeMembers')).length, 2)
  const refused = [first, second].map(refusalsOf)
  const { daemon, address } = cluster.node(3)
  await daemon.start()
  await thirdIs('joined', 1)
  await daemon.kill('SIGKILL')
  await thirdIs('left', 1)
  await daemon.start()
  await thirdIs('joined', 2)
  const third = { nodeid: 3, status: 'joined', addresses: { 0: address }, configVersion: 0 }
  const changes = changesOf(first, 'runtimeMembers').map(({ value }) => (value as RuntimeMember[])[2])
  equal(
    [changes[0], changes.at(-1)],
    [
      { ...third, joins: 1 },
      { ...third, joins: 2 },
    ],
  )
  equal([first, second].map(refusalsOf), refused)
})

test('the cluster is closed', async () => {
  await cluster.close()
})

test.run()
