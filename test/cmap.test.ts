// Cmap on a real daemon: the contract, values, errors, hangs, leaks. Reloads and restarts are in cmap-changes.test.ts.

import { setTimeout as sleep } from 'node:timers/promises'
import { configMapContract } from '@quorate/cmap-config/contracts'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is, match, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { codeOf } from './support/programs/cmap-client.ts'
import { type ConfigMapProgram, startConfigMap, toldSets } from './support/programs/config-map-client.ts'
import { failureOf } from './support/programs/cpg-client.ts'

const test = clusterTest('Cmap')

let cluster: CorosyncCluster
let program: ConfigMapProgram

const call = <T>(operation: string, ...args: unknown[]): Promise<T> =>
  program.call<T>(operation, 'c', ...args)

interface Held {
  readonly descriptors: number
  readonly heapBytes: number
}

test('no daemon runs: opening fails with CS_ERR_LIBRARY, leaves nothing behind, and nothing goes on', async () => {
  cluster = await CorosyncCluster.start({ nodes: 1, daemons: [] })
  program = await startConfigMap(cluster.node(1))
  is(await codeOf(call('open')), 'CS_ERR_LIBRARY')
  const before = await program.call<Held>('held')
  for (let i = 0; i < 20; i++) is(await codeOf(call('open')), 'CS_ERR_LIBRARY')
  ok((await program.call<Held>('held')).descriptors < before.descriptors + 20)
  await cluster.node(1).daemon.start()
  await sleep(300)
  equal(program.events, [])
})

const cases = configMapContract({ open: () => Promise.reject(new Error('The program opens its own.')) })
for (const [index, { name }] of cases.entries())
  test(`contract: ${name}`, () => program.call('runContract', index))

test('every type comes back as it was set, and corosync-cmapctl shows the same', async () => {
  await call('open')
  for (const [type, value, shown] of [
    ['int8', -128, '(i8) = -128'],
    ['uint64', 2n ** 64n - 1n, '(u64) = 18446744073709551615'],
    ['double', -0.125, '(dbl) = -0.125000'],
    ['string', '', '(str) ='],
    ['binary', new Uint8Array(16_384).fill(7), '(bin)'],
  ] as const) {
    await call('set', 'test.key', type, value)
    equal(await call('get', 'test.key', type), value)
    match((await cluster.node(1).exec('corosync-cmapctl', ['-g', 'test.key'])).stdout, shown)
  }
})

test('increment, decrement, delete', async () => {
  await call('set', 'test.number', 'int8', 127)
  await call('increment', 'test.number')
  is(await call('get', 'test.number', 'int8'), -128)
  await call('decrement', 'test.number')
  is(await call('get', 'test.number', 'int8'), 127)
  await call('delete', 'test.number')
  is(await codeOf(call('find', 'test.number')), 'CS_ERR_NOT_EXIST')
})

test('errors name the key, and say what to do', async () => {
  await call('set', 'test.text', 'string', '5')
  for (const [operation, args, code] of [
    ['delete', ['test.absent'], 'CS_ERR_NOT_EXIST'],
    ['set', ['nodelist.node.0.nodeid', 'uint32', 9], 'CS_ERR_ACCESS'],
    ['set', ['a b', 'uint8', 1], 'CS_ERR_NAME_TOO_LONG'],
    ['set', ['test.long', 'binary', new Uint8Array(16_385)], 'CS_ERR_INVALID_PARAM'],
    ['increment', ['test.text'], 'CS_ERR_INVALID_PARAM'],
    ['track', ['t', { key: 'k'.repeat(256) }], 'CS_ERR_NAME_TOO_LONG'],
  ] as const) {
    const key = operation === 'track' ? 'k'.repeat(256) : args[0]
    const error = await failureOf(call(operation, ...args))
    equal([error.code, error.message.includes(`"${key}"`)], [code, true], error.message)
  }
  is((await failureOf(call('set', 'test.key', 'uint8', 256))).name, 'RangeError')
})

test('a prefix may be shorter than a key', async () => {
  await call('track', 'short', { prefix: 'z' })
  await call('set', 'zzz', 'uint8', 1)
  equal(await toldSets(program, 'short', 1), [['set', 'zzz: - → uint8 1']])
  await program.call('stop', 'short')
})

test('changes are told while calls follow one another without a pause', async () => {
  const reads = call<number>('readUntilTold', 'test.told')
  await program.waitFor('reading', (events) => events.some(({ type }) => type === 'reading'))
  await cluster.node(1).exec('corosync-cmapctl', ['-s', 'test.told', 'u8', '1'])
  ok((await reads) < 20_000)
})

test('while the daemon hangs calls wait and the event loop does not; they go on with it', async () => {
  await cluster.node(1).daemon.kill('SIGSTOP')
  const waiting = [
    call('find', 'totem.version'),
    call('entries', 'totem.'),
    call('set', 'test.key', 'uint8', 1),
  ]
  const late = Promise.race([...waiting, sleep(500).then(() => 'waits')])
  await program.call('ready')
  is(await late, 'waits')
  await cluster.node(1).daemon.kill('SIGCONT')
  await Promise.all(waiting)
  is(await call('get', 'test.key', 'uint8'), 1)
})

test('close gives up calls that a daemon that hangs does not answer: CLOSED', async () => {
  await program.call('open', 'hung')
  await cluster.node(1).daemon.kill('SIGSTOP')
  try {
    const waiting = ['totem.version', 'totem.token'].map((key) => codeOf(program.call('find', 'hung', key)))
    await program.call('ready')
    await program.call('close', 'hung')
    equal(await Promise.all(waiting), ['CLOSED', 'CLOSED'])
  } finally {
    await cluster.node(1).daemon.kill('SIGCONT')
  }
})

test('the statistics map: read, not written; what comes below a prefix, and a key that changes', async () => {
  await program.call('open', 'stats', { map: 'stats' })
  ok((await program.call<bigint>('get', 'stats', 'stats.ipcs.global.active', 'uint64')) > 0n)
  is(await codeOf(program.call('set', 'stats', 'stats.ipcs.global.active', 'uint64', 1)), 'CS_ERR_ACCESS')
  await program.call('track', 'stats', 'programs', { prefix: 'stats.ipcs.service' })
  await program.call('track', 'stats', 'active', { key: 'stats.ipcs.global.active' })
  await program.call('open', 'other')
  const [first] = await toldSets(program, 'programs', 1)
  match(first?.join() ?? '', /^set,stats\.ipcs\.service\S+: - → /)
  const [active] = await toldSets(program, 'active', 1)
  match(active?.join() ?? '', /^set,stats\.ipcs\.global\.active: uint64 \d+ → uint64 \d+$/)
  const before = (await toldSets(program, 'programs', 1)).length
  await program.call('close', 'other')
  const gone = (await toldSets(program, 'programs', before + 1)).at(-1)
  match(gone?.join() ?? '', /^set,stats\.ipcs\.service\S+: \S+ .* → -$/)
  await program.call('close', 'stats')
})

/** How many events the daemon has sent to the program. */
async function eventsSent(): Promise<number> {
  const { stdout } = await cluster.node(1).exec('corosync-cmapctl', ['-m', 'stats'])
  const own = new RegExp(`^stats\\.ipcs\\.service\\d+\\.${program.pid}\\..*\\.dispatched .* = (\\d+)$`, 'gm')
  return [...stdout.matchAll(own)].reduce((sum, [, count]) => sum + Number(count), 0)
}

test('of a tracking that was stopped the daemon knows nothing any more', async () => {
  await call('trackMany', 20)
  await call('iterateMany', 20)
  await call('track', 'only', { prefix: 'cycle.' })
  const before = await eventsSent()
  await call('set', 'cycle.key', 'uint8', 1)
  await toldSets(program, 'only', 1)
  is(await eventsSent(), before + 1)
  await program.call('stop', 'only')
})

test('1,000 trackings, iterations and 50 maps that begin and end leave nothing behind', async () => {
  const daemonBytes = async (): Promise<number> => {
    const { stdout } = await cluster.node(1).exec('cat', [`/proc/${cluster.node(1).daemon.pid}/statm`])
    return Number(stdout.split(' ')[1]) * 4096
  }
  const cycle = async (times: number): Promise<void> => {
    await call('trackMany', times)
    await call('iterateMany', times)
    await call('reopen', times / 20)
  }
  await cycle(200)
  const before = { ...(await program.call<Held>('held')), daemonBytes: await daemonBytes() }
  await cycle(1000)
  const after = { ...(await program.call<Held>('held')), daemonBytes: await daemonBytes() }
  is(after.descriptors, before.descriptors)
  ok(after.heapBytes - before.heapBytes < 2e6, `${after.heapBytes - before.heapBytes} bytes of heap more`)
  ok(
    after.daemonBytes - before.daemonBytes < 2e6,
    `${after.daemonBytes - before.daemonBytes} bytes of the daemon more`,
  )
})

test('the cluster is closed', async () => {
  await call('close')
  await cluster.close()
})

test.run()
