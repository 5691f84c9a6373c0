// Replicas on three real daemons: what each daemon's map tunes there, and what all replicas share.

import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is, match } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { LiveLimits } from './support/live-limits.ts'
import { ConfiguredReplica, pauseMs, rolesOf } from './support/programs/configured-replica-client.ts'

const test = clusterTest('configuration of replicas on daemons')

let cluster: CorosyncCluster
let replicas: ConfiguredReplica[]

const batchCommandsMax = 'quorate.shared.limits.batchCommandsMax'
const cli = fileURLToPath(new URL('../packages/cmap-config/src/cli/main.ts', import.meta.url))
const shared = (limit: number) => ({ limit, label: 'a' })

/** Waits until the group has taken so many values, and asserts that all replicas have each at the same index. */
async function taken(count: number): Promise<unknown[]> {
  const all = await Promise.all(replicas.map((replica) => replica.told('configured', count)))
  for (const each of all) equal(each, all[0])
  return (all[0] ?? []).map(({ config }) => config)
}

test('the leader alone brings the configuration that all nodes have; each replica has it at the same index', async () => {
  cluster = await CorosyncCluster.start({
    nodes: 3,
    tokenMs: 500,
    configure: (conf) => conf.set('service.limit', '5').set('service.label', 'a'),
  })
  replicas = await Promise.all(cluster.nodes.map((node) => ConfiguredReplica.start(node)))
  const { leader, others } = await rolesOf(replicas)
  equal(await taken(1), [shared(5)])
  equal(leader.of('submitted'), [{ type: 'submitted', config: shared(5) }])
  for (const other of others) equal(other.of('submitted'), [])
})

test('a reload of all nodes is one command', async () => {
  const { leader, others } = await rolesOf(replicas)
  cluster.configure((conf) => conf.set('service.limit', '6'))
  await leader.node.reload()
  equal(await taken(2), [shared(5), shared(6)])
  const own = [{ type: 'own', cause: 'reload', config: shared(6) }]
  for (const replica of replicas) equal(await replica.told('own', 1), own)
  is(leader.of('submitted').length, 2)
  for (const other of others) equal(other.of('submitted'), [])
})

test('a batch size that corosync-cmapctl sets holds on that node at once, and nowhere else', async () => {
  const [tuned, untouched, third] = replicas as [ConfiguredReplica, ConfiguredReplica, ConfiguredReplica]
  is(await tuned.remote.call('add', 10), 1)
  await tuned.tool('-s', batchCommandsMax, 'u32', '2')
  equal(await tuned.told('tuned', 1), [{ type: 'tuned', changed: ['limits.batchCommandsMax'] }])
  is(await tuned.remote.call('add', 10), 5)
  is(await untouched.remote.call('add', 10), 1)
  equal([...untouched.of('tuned'), ...third.of('tuned')], [])
})

test('a bad value is told with its key and why, and what held stays', async () => {
  const [tuned] = replicas as [ConfiguredReplica]
  await tuned.tool('-s', batchCommandsMax, 'u32', '0')
  await tuned.tool('-s', batchCommandsMax, 'str', 'many')
  await tuned.tool('-s', 'quorate.shared.limits.batchMax', 'u32', '2')
  const expected = [
    /limits\.batchCommandsMax is 0: .*limits\.batchCommandsMax must be/,
    /limits\.batchCommandsMax is 'many': expected a whole number/,
    /limits\.batchMax is 2: .*there is no limits\.batchMax/,
  ]
  const warnings = await tuned.told('process-warning', expected.length)
  for (const [i, { code, message }] of warnings.entries()) {
    is(code, 'QUORATE_TUNING_REFUSED')
    match(message, expected[i] as RegExp)
  }
  is(await tuned.remote.call('add', 10), 5)
})

test('quorate-cmap sets it as well; a key that is deleted returns to what the replica was opened with', async () => {
  const [tuned] = replicas as [ConfiguredReplica]
  const args = [...process.execArgv, cli, 'set', batchCommandsMax, 'uint32', '5']
  const { code, stderr } = await tuned.node.exec(process.execPath, args)
  is(code, 0, stderr)
  await tuned.told('tuned', 2)
  is(await tuned.remote.call('add', 10), 2)
  await tuned.tool('-d', batchCommandsMax)
  await tuned.told('tuned', 3)
  is(await tuned.remote.call('add', 10), 1)
})

const differs = (own: number, replicated: number, leader: ConfiguredReplica): string =>
  `Configuration that the group shares differs on this node; the group's is that of its leader, now node ${leader.node.id}. ` +
  `Make it equal on all nodes: service.limit is ${own} here and ${replicated} in the group`

test('a node that does not lead tells once that its value is another, and its end; the group keeps its own', async () => {
  const { leader, others } = await rolesOf(replicas)
  const [other, third] = others as [ConfiguredReplica, ConfiguredReplica]
  await other.set(9)
  await other.tellsLast(differs(9, 6, leader))
  await sleep(2 * pauseMs)
  equal(other.differences, [differs(9, 6, leader)])
  equal([...leader.differences, ...third.differences], [])
  is((await taken(2)).length, 2)
  await other.set(6)
  await other.tellsNoMore()
})

test('another value of the leader is the group’s at once, and the other nodes tell that theirs is not', async () => {
  const { leader, others } = await rolesOf(replicas)
  await leader.set(7)
  equal((await taken(3))[2], shared(7))
  for (const other of others) await other.tellsLast(differs(6, 7, leader))
  equal(leader.differences, [])
  await leader.set(6)
  equal((await taken(4))[3], shared(6))
  for (const other of others) await other.tellsNoMore()
})

test('examples/live-limits does what its README says', async () => {
  const services = cluster.nodes.map((node) => new LiveLimits(node))
  const [first, second, third] = services as [LiveLimits, LiveLimits, LiveLimits]
  for (const service of services) equal(await service.wrote(1), ['ready'])
  equal(await first.sell('ann', 'bob'), ['ann: ticket 1', 'bob: ticket 2', 'entries: 1'])
  equal(await second.sell('cid', 'dan'), ['cid: ticket 3', 'dan: All 3 tickets are sold', 'entries: 1'])
  const before = services.map(({ lines }) => lines.length)
  for (const service of services) service.configure()
  await third.reload()
  const [told] = await first.wrote((before[0] as number) + 1, before[0])
  match(`${told}`, /^entry \d+: \{"configured":\{"ticketsMax":5\}\}$/)
  for (const [i, service] of services.entries())
    equal(await service.wrote((before[i] as number) + 1, before[i]), [told])
  equal(await second.sell('dan', 'eve'), ['dan: ticket 4', 'eve: ticket 5', 'entries: 1'])
  const lines = third.lines.length
  await third.tune()
  equal(await third.wrote(lines + 1, lines), ['changed: limits.batchCommandsMax'])
  is((await third.sell('fay', 'gus', 'hal', 'ida')).at(-1), 'entries: 2')
  is((await first.sell('fay', 'gus', 'hal', 'ida')).at(-1), 'entries: 1')
  for (const service of services) is(await service.end(), 0)
})

test('after the leader’s death the next one brings its own, once', async () => {
  const { leader: dead, others } = await rolesOf(replicas)
  await Promise.all(others.map((other) => other.set(8)))
  for (const other of others) await other.tellsLast(differs(8, 6, dead))
  await dead.remote.kill()
  replicas = [...others]
  equal((await taken(5))[4], shared(8))
  const { leader, others: rest } = await rolesOf(replicas)
  equal(leader.of('submitted'), [{ type: 'submitted', config: shared(8) }])
  for (const other of rest) equal(other.of('submitted'), [])
  for (const other of others) await other.tellsNoMore()
  await dead.set(8)
  replicas.push(await ConfiguredReplica.start(dead.node))
})

const limitsOf = (replica: ConfiguredReplica, from = 0): number[] =>
  replica.of('configured').flatMap(({ index, config }) => (index > from ? [config.limit] : []))

/** Sets a value on all nodes while the leader dies; those that go on take it once, and have nothing else after it. */
async function changeAmid(
  limit: number,
  die: (leader: ConfiguredReplica) => Promise<void>,
): Promise<ConfiguredReplica> {
  const { leader, others } = await rolesOf(replicas)
  const { applied } = await leader.standing()
  const changed = Promise.allSettled(replicas.map((replica) => replica.set(limit)))
  await die(leader)
  await changed
  replicas = [...others]
  await rolesOf(replicas)
  for (const other of others)
    await other.remote.waitFor(`the limit ${limit}`, () => limitsOf(other, applied).length > 0)
  await sleep(pauseMs)
  for (const other of others) equal(limitsOf(other, applied), [limit])
  return leader
}

test('a change whose leader dies as it brings it is neither lost nor doubled', async () => {
  const dead = await changeAmid(20, async (leader) => {
    const brings = (): boolean => leader.of('submitted').at(-1)?.config.limit === 20
    await leader.remote.waitFor('its command', brings)
    await leader.remote.kill()
  })
  replicas.push(await ConfiguredReplica.start(dead.node))
})

test('what a leader brings while it is cut off comes late and once; who leads by then has its own in force', async () => {
  const { leader: cutOff, others } = await rolesOf(replicas)
  const { applied } = await cutOff.standing()
  await cluster.partition([[cutOff.node.id], others.map(({ node }) => node.id)])
  await Promise.all(replicas.map((replica) => replica.set(replica === cutOff ? 30 : 31)))
  for (const other of others)
    await other.remote.waitFor('the limit 31', () => limitsOf(other, applied).at(-1) === 31)
  await cluster.heal()
  const { leader } = await rolesOf(replicas)
  await sleep(2 * pauseMs)
  const own = leader === cutOff ? 30 : 31
  const [taken] = replicas.map((replica) => limitsOf(replica, applied)) as [number[]]
  equal(
    [taken[0], taken.at(-1), taken.filter((limit) => limit === 30).length < 2],
    [31, own, true],
    `${taken}`,
  )
  for (const replica of replicas) equal(limitsOf(replica, applied), taken)
  for (const replica of leader === cutOff ? others : [cutOff])
    await replica.tellsLast(differs(61 - own, own, leader))
  await Promise.all(replicas.map((replica) => replica.set(31)))
  for (const replica of replicas)
    await replica.remote.waitFor('the limit 31 again', () => limitsOf(replica, applied).at(-1) === 31)
})

test('a change as the leader’s node dies with its daemon is neither lost nor doubled', async () => {
  await changeAmid(40, async ({ node, remote }) => {
    await Promise.all([node.daemon.kill('SIGKILL'), remote.kill()])
  })
})

test('the example, where no daemon runs, says so in one line and ends with 1', async () => {
  const node = cluster.nodes.find(({ daemon }) => !daemon.running)
  if (node === undefined) throw new Error('The daemon of the leader above was killed.')
  const service = new LiveLimits(node)
  await service.wrote(1)
  is(await service.end(), 1)
  equal(service.lines.length, 1)
  match(service.lines[0] ?? '', 'Is corosync running on this node?')
})

test('the cluster is closed', async () => {
  await cluster.close()
})

test.run()
