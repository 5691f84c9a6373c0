// What a Cmap tells of a real daemon's changes: many, those of a reload, those that came while the daemon was away; and
// beside it what corosync's own tool tells.

import { setTimeout as sleep } from 'node:timers/promises'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { type CmapProgram, codeOf, startCmap } from './support/programs/cmap-client.ts'
import {
  type ConfigMapProgram,
  setsOf,
  startConfigMap,
  toldSets,
} from './support/programs/config-map-client.ts'
import { failureOf } from './support/programs/cpg-client.ts'
import { waitUntil } from './support/wait-until.ts'

const test = clusterTest('Cmap, changes')

let cluster: CorosyncCluster
let program: ConfigMapProgram
/** Another process, which changes the map. */
let hand: CmapProgram

const call = <T>(operation: string, ...args: unknown[]): Promise<T> =>
  program.call<T>(operation, 'c', ...args)
const put = (...args: unknown[]): Promise<unknown> => hand.call('set', 'c', ...args)
const eventsOf = (type: 'up' | 'down'): number => program.events.filter((event) => event.type === type).length

test('a daemon, and two processes on it', async () => {
  cluster = await CorosyncCluster.start({ nodes: 1 })
  const node = cluster.node(1)
  ;[program, hand] = await Promise.all([startConfigMap(node), startCmap(node)])
  await Promise.all([call('open'), hand.call('open', 'c')])
})

test('10,000 changes by another process: callback and iterator are told each, in order', async () => {
  await call('track', 'callback', { key: 'many.key' })
  await call('iterate', 'iterator', { key: 'many.key' })
  // Takes the same calls, later: when it has begun the iteration has, too.
  await call('track', 'later', { key: 'later.key' })
  await hand.call('count', 'c', 'many.key', 10_000)
  for (const tracking of ['callback', 'iterator']) {
    await program.waitFor('10,000 sets', () => setsOf(program, tracking).length >= 10_000, 60_000)
    const sets = setsOf(program, tracking)
    const wrong = sets.findIndex(
      ({ cause, differences: [first, ...more] }, i) =>
        cause !== 'set' ||
        more.length > 0 ||
        first?.value?.value !== i + 1 ||
        (first.oldValue?.value ?? 0) !== i,
    )
    equal([wrong, sets.length], [-1, 10_000])
  }
})

test('a tracking that begins amid 3,000 changes: none is missing, none told twice', async () => {
  const counting = hand.call('count', 'c', 'amid.key', 3000)
  const first = await Promise.all(
    [1, 2, 3].map((i) => call<{ value: number }[]>('track', `amid ${i}`, { prefix: 'amid.' })),
  )
  await counting
  for (const [i, entries] of first.entries()) {
    const start = entries[0]?.value ?? 0
    const told = await toldSets(program, `amid ${i + 1}`, 3000 - start)
    const expected = Array.from({ length: 3000 - start }, (_, k) => {
      const before = start + k === 0 ? '-' : `uint32 ${start + k}`
      return ['set', `amid.key: ${before} → uint32 ${start + k + 1}`]
    })
    equal(told, expected)
    await program.call('stop', `amid ${i + 1}`)
  }
})

/** A line of corosync-cmapctl for a set of one key: `modify> a.b (u16) = 2`. */
function asTheToolSays([, line = '']: string[]): string {
  const [, key, before, after] = /^(\S+): (.*) → (.*)$/.exec(line) ?? []
  const event = before === '-' ? 'create' : after === '-' ? 'delete' : 'modify'
  const [type = '', ...words] = (after === '-' ? before : after)?.split(' ') ?? []
  const short = { string: 'str', uint16: 'u16', double: 'dbl' }[type]
  return `${event}> ${key} (${short}) = ${type === 'double' ? Number(words[0]).toFixed(6) : words.join(' ')}`
}

/** What is done to the keys beside which the tool is put. */
async function changeSide(): Promise<void> {
  await put('side.text', 'string', 'one')
  await put('side.number', 'uint16', 1)
  await put('side.text', 'string', 'two words')
  await put('side.text', 'string', 'two words')
  await hand.call('increment', 'c', 'side.number')
  await put('side.number', 'double', 0.5)
  await hand.call('delete', 'c', 'side.text')
  await hand.call('delete', 'c', 'side.number')
}

for (const [flag, name, keys, count] of [
  ['-T', 'side.', { prefix: 'side.' }, 7],
  ['-t', 'side.number', { key: 'side.number' }, 4],
] as const) {
  test(`the same as corosync-cmapctl ${flag} ${name} tells, side by side`, async () => {
    // By lines, which it does not write into a pipe by itself.
    const tool = cluster.node(1).spawn('stdbuf', ['-oL', 'corosync-cmapctl', flag, name])
    let printed = ''
    tool.stdout.on('data', (text) => {
      printed += text
    })
    const lines = (): string[] => printed.split('\n').filter((line) => line.includes('> '))
    await call('track', `side ${flag}`, keys)
    await waitUntil(() => printed.includes('to finish'))
    // It says so before it tracks.
    await sleep(500)
    await changeSide()
    const told = await toldSets(program, `side ${flag}`, count)
    await waitUntil(() => lines().length >= count && printed.endsWith('\n'))
    tool.kill()
    equal(lines(), told.map(asTheToolSays))
    await program.call('stop', `side ${flag}`)
  })
}

test('a reload that changes 50 keys is told as one set, each key once', async () => {
  await call('track', 'everything', { prefix: '' })
  await call('iterate', 'token', { key: 'totem.token' })
  await call('track', 'few', { prefix: 'service.k1' })
  const node = cluster.node(1)
  node.configure((conf) => {
    for (let i = 0; i < 49; i++) conf.set(`service.k${i}`, `v${i}`)
    conf.set('totem.token', 1500)
  })
  await node.reload()
  const [few] = await toldSets(program, 'few', 1)
  equal(
    few?.map((line) => line.split(':')[0]),
    ['reload', 'service.k1', ...numbered(10, 19)],
  )
  equal(await toldSets(program, 'token', 1), [['reload', 'totem.token: uint32 1000 → uint32 1500']])
  const reloads = setsOf(program, 'everything').filter(({ cause }) => cause === 'reload')
  const keys = reloads.flatMap(({ differences }) => differences.map(({ key }) => key))
  is(reloads.length, 1)
  equal(keys.filter((key) => /^(service\.|totem\.token$)/.test(key)).length, 50)
  is(new Set(keys).size, keys.length)
})

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `service.k${from + i}`)

test('changes outside of a reload are told one by one again; a reload that changes nothing tells nothing', async () => {
  await cluster.node(1).reload()
  await put('service.k10', 'string', 'by hand')
  equal(await toldSets(program, 'few', 2).then((sets) => sets[1]), [
    'set',
    'service.k10: string v10 → string by hand',
  ])
})

test('while the daemon is away calls fail with CS_ERR_LIBRARY, and say that it is connected to again', async () => {
  await program.call('stop', 'everything')
  await call('iterate', 'iterated', { prefix: 'service.k4' })
  await put('service.lost', 'uint8', 1)
  await call('track', 'all', { prefix: 'service.' })
  await cluster.node(1).daemon.kill('SIGKILL')
  await program.waitFor('down', () => eventsOf('down') === 1)
  for (const [operation, ...args] of [
    ['find', 'service.k1'],
    ['entries'],
    ['set', 'service.k1', 'uint8', 1],
    ['track', 't', { key: 'service.k1' }],
  ]) {
    const error = await failureOf(call(operation as string, ...args))
    equal([error.code, error.message.includes('connected to again')], ['CS_ERR_LIBRARY', true], error.message)
  }
})

test('what changed while the daemon was away is told as one set, then it is up', async () => {
  cluster.node(1).configure((conf) => {
    conf.set('service.k40', 'other').set('service.k50', 'new')
    conf.delete('service.k41')
  })
  await cluster.node(1).daemon.start()
  await program.waitFor('up', () => eventsOf('up') === 1, 30_000)
  equal(await toldSets(program, 'all', 1), [
    [
      'reconnect',
      'service.k10: string by hand → string v10',
      'service.k40: string v40 → string other',
      'service.k41: string v41 → -',
      'service.k50: - → string new',
      'service.lost: uint8 1 → -',
    ],
  ])
  equal(await toldSets(program, 'iterated', 1), [
    ['reconnect', 'service.k40: string v40 → string other', 'service.k41: string v41 → -'],
  ])
  is((await toldSets(program, 'token', 1)).length, 1)
})

test('in the daemon’s next life each change is told once, and reloads are one set', async () => {
  await hand.call('open', 'c')
  await put('service.k40', 'string', 'again')
  cluster.node(1).configure((conf) => conf.set('service.k40', 'v40').set('service.k0', 'other'))
  await cluster.node(1).reload()
  equal((await toldSets(program, 'all', 3)).slice(1), [
    ['set', 'service.k40: string other → string again'],
    ['reload', 'service.k0: string v0 → string other', 'service.k40: string again → string v40'],
  ])
})

test('a key of one’s own that is removed from corosync.conf stays through a reload', async () => {
  cluster.node(1).configure((conf) => {
    conf.delete('service.k1')
    conf.set('service.k2', 'last')
  })
  await cluster.node(1).reload()
  equal((await toldSets(program, 'all', 4))[3], ['reload', 'service.k2: string v2 → string last'])
  is(await call('get', 'service.k1', 'string'), 'v1')
})

test('a daemon that dies amid changes, five times: every set begins where the one before ended', async () => {
  const { daemon } = cluster.node(1)
  await call('track', 'chain', { prefix: 'chain.' })
  for (let life = 1; life <= 5; life++) {
    const before = setsOf(program, 'chain').length
    await program.call('killAfter', 'chain', 50, daemon.pid)
    const counting = codeOf(hand.call('count', 'c', 'chain.key', 100_000))
    await waitUntil(() => !daemon.running)
    await daemon.start()
    await program.waitFor('up', () => eventsOf('up') === 1 + life, 30_000)
    ok(setsOf(program, 'chain').length >= before + 50)
    await counting
    await hand.call('open', 'c')
  }
  await put('chain.key', 'uint32', 7)
  await program.waitFor('the last change', () => {
    const last = setsOf(program, 'chain').at(-1)?.differences[0]
    return last?.value?.value === 7 && last.oldValue === undefined
  })
  const differences = setsOf(program, 'chain').flatMap((set) => set.differences)
  const wrong = differences.findIndex(
    ({ oldValue }, i) => oldValue?.value !== differences[i - 1]?.value?.value,
  )
  is(wrong, -1)
  is(setsOf(program, 'chain').filter(({ cause }) => cause === 'reconnect').length, 5)
  is(eventsOf('down'), 6)
})

test('a map whose daemon is away is closed at once, and stays so when the daemon comes back', async () => {
  await cluster.node(1).daemon.kill('SIGKILL')
  await program.waitFor('down', () => eventsOf('down') === 7)
  await call('close')
  await cluster.node(1).daemon.start()
  await sleep(1500)
  is(eventsOf('up'), 6)
  is(await codeOf(call('find', 'totem.version')), 'CLOSED')
})

test('the cluster is closed', async () => {
  await cluster.close()
})

test.run()
