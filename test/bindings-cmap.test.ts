// libcmap on a real daemon: values of every type, errors, iteration, tracking, the stats map, the daemon's end.

import type { CmapChange, CmapKey, CmapType, CmapValue } from '@quorate/cmap-config'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is, match, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { failureOf } from './support/programs/cpg-client.ts'
import { Remote } from './support/remote.ts'

type Event =
  | ({ type: 'change'; tracking: string } & CmapChange)
  | { type: 'down'; name: string; message: string }
  | { type: 'uncaught'; message: string }

const test = clusterTest('libcmap')

let cluster: CorosyncCluster
let program: Remote<Event>

const call = <T>(operation: string, ...args: unknown[]): Promise<T> =>
  program.call<T>(operation, 'c', ...args)
const find = (key: string): Promise<CmapValue> => call('find', key)
const codeOf = async (failing: Promise<unknown>): Promise<string | undefined> =>
  (await failureOf(failing)).code
const all = ['ADD', 'DELETE', 'MODIFY']

const changesOf = (tracking: string): (Event & { type: 'change' })[] =>
  program.events.filter(
    (event): event is Event & { type: 'change' } => event.type === 'change' && event.tracking === tracking,
  )

const shown = (value: CmapValue | undefined): string =>
  value === undefined ? '-' : `${value.type} ${value.value} (${value.length})`

/** What a tracking reported, a line for each change: `MODIFY a.b: uint8 1 (1) → uint8 2 (1)`. */
const transcript = (tracking: string): string[] =>
  changesOf(tracking).map(
    ({ event, key, oldValue, value }) => `${event} ${key}: ${shown(oldValue)} → ${shown(value)}`,
  )

async function told(tracking: string, count: number): Promise<string[]> {
  await program.waitFor(`${count} changes of ${tracking}`, () => changesOf(tracking).length >= count)
  return transcript(tracking)
}

/** What corosync's own tool says of a key. */
async function cmapctl(...args: string[]): Promise<string> {
  return (await cluster.node(1).exec('corosync-cmapctl', args)).stdout.trim()
}

test('no daemon runs: CS_ERR_LIBRARY', async () => {
  cluster = await CorosyncCluster.start({ nodes: 2, daemons: [] })
  program = await Remote.start(cluster.node(1), 'cmap')
  is(await codeOf(call('open')), 'CS_ERR_LIBRARY')
})

test('cmap_initialize, cmap_fd_get', async () => {
  await Promise.all(cluster.nodes.map((node) => node.daemon.start()))
  await call('open')
  ok((await call<number>('property', 'fd')) > 2)
  is(await call('property', 'open'), true)
})

test('cmap_context_set, cmap_context_get', async () => {
  is(await call('property', 'context'), 0n)
  await call('setContext', 2n ** 64n - 1n)
  is(await call('property', 'context'), 2n ** 64n - 1n)
})

const samples: readonly [CmapType, unknown, bytes: number, asShown: string][] = [
  ['int8', -128, 1, '(i8) = -128'],
  ['int8', 127, 1, '(i8) = 127'],
  ['uint8', 255, 1, '(u8) = 255'],
  ['int16', -32_768, 2, '(i16) = -32768'],
  ['uint16', 65_535, 2, '(u16) = 65535'],
  ['int32', -(2 ** 31), 4, '(i32) = -2147483648'],
  ['uint32', 2 ** 32 - 1, 4, '(u32) = 4294967295'],
  ['int64', -(2n ** 63n), 8, '(i64) = -9223372036854775808'],
  ['int64', 2n ** 63n - 1n, 8, '(i64) = 9223372036854775807'],
  ['uint64', 0n, 8, '(u64) = 0'],
  ['uint64', 2n ** 64n - 1n, 8, '(u64) = 18446744073709551615'],
  ['float', 1.5, 4, '(flt) = 1.500000'],
  ['double', -0.125, 8, '(dbl) = -0.125000'],
  ['string', 'twelve bytes', 13, '(str) = twelve bytes'],
  ['string', '', 1, '(str) ='],
  ['binary', new Uint8Array([0, 1, 255]), 3, '(bin)'],
  ['binary', new Uint8Array(0), 0, '(bin)'],
]

for (const [type, value, length, asShown] of samples) {
  const name = type === 'binary' ? `${length} bytes` : JSON.stringify(String(value))
  test(`cmap_set, cmap_get: ${type} ${name}, and corosync-cmapctl shows the same`, async () => {
    const key = `test.${type}`
    await call('set', key, type, value)
    equal(await find(key), { type, value, length })
    equal(await call('get', key, type), value)
    match(await cmapctl('-g', key), `${key} ${asShown}`)
  })
}

test('a value that its type cannot hold is refused before it is sent', async () => {
  const error = await failureOf(call('set', 'test.uint8', 'uint8', 256))
  equal([error.name, error.message.includes('uint8 cannot hold 256')], ['RangeError', true])
  is(await call('get', 'test.uint8', 'uint8'), 255)
})

for (const [type, longest, tooLong] of [
  ['binary', new Uint8Array(16_384).fill(7), new Uint8Array(16_385)],
  ['string', 'x'.repeat(16_384), 'x'.repeat(16_385)],
] as const) {
  test(`a ${type} of 16,384 bytes is kept, one of 16,385 is CS_ERR_INVALID_PARAM`, async () => {
    await call('set', 'test.longest', type, longest)
    equal(await call('get', 'test.longest', type), longest)
    is(await codeOf(call('set', 'test.longest', type, tooLong)), 'CS_ERR_INVALID_PARAM')
    equal(await call('get', 'test.longest', type), longest)
  })
}

for (const type of [
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'float',
  'double',
]) {
  test(`cmap_set_${type}, cmap_get_${type}: the typed functions of the library's table`, async () => {
    const [value, back] = /64/.test(type) ? [100n, 100n] : [100, 100]
    is(await program.call('shortcut', type, 'test.shortcut', value), back)
    equal((await find('test.shortcut')).type, type)
  })
}

test('an absent key: CS_ERR_NOT_EXIST, and the error names it', async () => {
  for (const operation of ['find', 'delete', 'increment', 'decrement']) {
    const error = await failureOf(call(operation, 'test.absent'))
    equal([error.code, error.message.includes('"test.absent"')], ['CS_ERR_NOT_EXIST', true])
  }
})

test('a read-only key: CS_ERR_ACCESS', async () => {
  is(await codeOf(call('set', 'nodelist.node.0.nodeid', 'uint32', 9)), 'CS_ERR_ACCESS')
  is(await codeOf(call('delete', 'nodelist.node.0.nodeid')), 'CS_ERR_ACCESS')
  is(await codeOf(call('increment', 'runtime.config.totem.token')), 'CS_ERR_ACCESS')
})

test('a key of another type than asked for, or no integer: CS_ERR_INVALID_PARAM', async () => {
  await call('set', 'test.text', 'string', '5')
  is(await codeOf(call('get', 'test.text', 'uint32')), 'CS_ERR_INVALID_PARAM')
  is(await codeOf(call('increment', 'test.text')), 'CS_ERR_INVALID_PARAM')
})

test('what is no name of a key: CS_ERR_NAME_TOO_LONG, also when it is too short', async () => {
  for (const key of ['ab', 'a b', 'ä.b', 'k'.repeat(256)]) {
    is(await codeOf(call('set', key, 'uint8', 1)), 'CS_ERR_NAME_TOO_LONG')
  }
  await call('set', 'k'.repeat(255), 'uint8', 1)
  is(await call('get', 'k'.repeat(255), 'uint8'), 1)
})

test('a name that is too long keeps no connection from being freed', async () => {
  const before = await call('descriptors')
  await program.call('open', 'long')
  is(await codeOf(program.call('keys', 'long', 'k'.repeat(256))), 'CS_ERR_NAME_TOO_LONG')
  is(await codeOf(program.call('track', 'long', 't', 'k'.repeat(256), all)), 'CS_ERR_NAME_TOO_LONG')
  await program.call('close', 'long')
  is(await call('descriptors'), before)
})

test('cmap_inc, cmap_dec: begin anew at the bounds', async () => {
  await call('set', 'test.number', 'int8', 126)
  await call('increment', 'test.number')
  is(await call('get', 'test.number', 'int8'), 127)
  await call('increment', 'test.number')
  is(await call('get', 'test.number', 'int8'), -128)
  await call('decrement', 'test.number')
  is(await call('get', 'test.number', 'int8'), 127)
})

test('cmap_delete', async () => {
  await call('set', 'test.gone', 'uint8', 1)
  await call('delete', 'test.gone')
  is(await codeOf(find('test.gone')), 'CS_ERR_NOT_EXIST')
})

test('cmap_iter_*: the keys of a prefix, with type and length, and all keys', async () => {
  await call('set', 'iterate.b', 'string', 'abc')
  await call('set', 'iterate.a', 'uint16', 1)
  await call('set', 'iterated', 'uint8', 1)
  equal(await call('keys', 'iterate.'), [
    { key: 'iterate.a', type: 'uint16', length: 2 },
    { key: 'iterate.b', type: 'string', length: 4 },
  ])
  equal(await call('keys', 'nothing.'), [])
  const everything = await call<CmapKey[]>('keys')
  const lines = (await cmapctl()).split('\n').filter((line) => / \(\w+\)/.test(line))
  equal(
    everything.map(({ key }) => key).filter((key) => !key.startsWith('runtime.')),
    lines.map((line) => line.split(' ')[0] ?? '').filter((key) => !key.startsWith('runtime.')),
  )
})

test('what is set on one node is not set on another', async () => {
  const other = await Remote.start<Event>(cluster.node(2), 'cmap')
  await other.call('open', 'c')
  is(await codeOf(other.call('find', 'c', 'iterate.a')), 'CS_ERR_NOT_EXIST')
})

test('cmap_track_add: ADD, MODIFY, DELETE with old and new value; the same value is no change', async () => {
  await call('track', 'life', 'life.key', all)
  await call('set', 'life.key', 'uint8', 1)
  await call('set', 'life.key', 'uint8', 1)
  await call('set', 'life.key', 'uint8', 2)
  await call('increment', 'life.key')
  await call('set', 'life.key', 'string', 'two')
  await call('set', 'life.key.below', 'uint8', 1)
  await call('delete', 'life.key')
  equal(await told('life', 5), [
    'ADD life.key: - → uint8 1 (1)',
    'MODIFY life.key: uint8 1 (1) → uint8 2 (1)',
    'MODIFY life.key: uint8 2 (1) → uint8 3 (1)',
    'MODIFY life.key: uint8 3 (1) → string two (4)',
    'DELETE life.key: string two (4) → -',
  ])
})

test('the flags choose the events; PREFIX takes in all keys that begin so', async () => {
  for (const flag of all) await call('track', flag, 'flag.key', [flag])
  await call('track', 'prefix', 'flag.', [...all, 'PREFIX'])
  await call('track', 'everything', '', ['ADD', 'PREFIX'])
  await call('set', 'flag.key', 'uint8', 1)
  await call('set', 'flag.key', 'uint8', 2)
  await call('delete', 'flag.key')
  await call('set', 'flag.other', 'uint8', 3)
  await told('prefix', 4)
  equal(
    [...all, 'prefix', 'everything'].map((tracking) =>
      changesOf(tracking)
        .map(({ event }) => event)
        .join(),
    ),
    ['ADD', 'DELETE', 'MODIFY', 'ADD,MODIFY,DELETE,ADD', 'ADD,ADD'],
  )
  await program.call('untrack', 'everything')
})

test('a key that is tracked twice is told twice, until one tracking ends', async () => {
  await call('track', 'one', 'twice.key', all)
  await call('track', 'two', 'twice.key', all)
  await call('set', 'twice.key', 'uint8', 1)
  await Promise.all([told('one', 1), told('two', 1)])
  await program.call('untrack', 'one')
  await program.call('untrack', 'one')
  await call('set', 'twice.key', 'uint8', 2)
  await told('two', 2)
  is(changesOf('one').length, 1)
})

test('a handler ends its own tracking: what had come for it is passed over, others hear all', async () => {
  await call('track', 'ends', 'own.key', all, 'delete')
  await call('track', 'stays', 'own.key', all)
  await call('count', 'own.key', 3)
  equal(await told('stays', 3), [
    'ADD own.key: - → uint32 1 (4)',
    'MODIFY own.key: uint32 1 (4) → uint32 2 (4)',
    'MODIFY own.key: uint32 2 (4) → uint32 3 (4)',
  ])
  is(changesOf('ends').length, 1)
  is(await call('property', 'open'), true)
})

test('what a handler throws is an uncaught exception, and keeps nothing from others', async () => {
  await call('reportUncaught')
  await call('track', 'throws', 'thrown.key', all, 'throw')
  await call('track', 'hears', 'thrown.key', all)
  await call('count', 'thrown.key', 2)
  await Promise.all([told('throws', 2), told('hears', 2)])
  const uncaught = program.events.filter(({ type }) => type === 'uncaught')
  equal(uncaught, [{ type: 'uncaught', message: 'thrown by throws' }])
})

test('a handler closes the connection: nothing is told after that', async () => {
  await program.call('open', 'closing')
  await program.call('track', 'closing', 'closes', 'closing.key', all, 'close')
  await call('count', 'closing.key', 3)
  await told('closes', 1)
  is(await program.call('property', 'closing', 'open'), false)
  is(await codeOf(program.call('find', 'closing', 'closing.key')), 'CLOSED')
  await program.call('untrack', 'closes')
  is(changesOf('closes').length, 1)
})

test('10,000 changes are told, none lost, in order', async () => {
  await call('track', 'many', 'many.key', all)
  await call('count', 'many.key', 10_000)
  await told('many', 10_000)
  const wrong = changesOf('many').findIndex(({ value }, i) => value?.value !== i + 1)
  equal([wrong, changesOf('many').length], [-1, 10_000])
})

test('1,000 trackings that begin and end leave neither a callback nor a change behind', async () => {
  const callbacks = await call('trackMany', 'cycle.key', 1)
  is(await call('trackMany', 'cycle.key', 1000), callbacks)
  await call('count', 'cycle.key', 2)
  is(await call('property', 'open'), true)
})

test('cmap_dispatch by hand: one change at a time, or all', async () => {
  await program.call('open', 'manual', { autoDispatch: false })
  await program.call('track', 'manual', 'hand', 'hand.key', all)
  is(await program.call('dispatch', 'manual', 'ONE_NONBLOCKING'), false)
  await call('count', 'hand.key', 3)
  is(await program.call('dispatch', 'manual', 'ONE'), true)
  is(transcript('hand').length, 1)
  is(await program.call('dispatch', 'manual', 'ALL'), true)
  is(transcript('hand').length, 3)
})

test('by hand, too, what had come for a tracking that ended is passed over', async () => {
  await call('count', 'hand.key', 1)
  await program.call('untrack', 'hand')
  is(await program.call('dispatch', 'manual', 'ONE_NONBLOCKING'), true)
  is(await program.call('dispatch', 'manual', 'ONE_NONBLOCKING'), false)
  is(transcript('hand').length, 3)
})

test('a reload tells each key by itself, between two changes of config.reload_in_progress', async () => {
  await call('track', 'reload', 'config.reload_in_progress', all)
  await call('track', 'reload', 'service.', [...all, 'PREFIX'])
  for (const node of cluster.nodes) {
    node.configure((conf) => conf.set('service.one', 'a').set('service.two', 'b'))
  }
  await cluster.node(1).reload()
  const lines = (await told('reload', 4)).map((line) => line.replace(/: .* →/, ''))
  equal(
    [lines[0], lines.slice(1, -1).sort(), lines.at(-1)],
    [
      'ADD config.reload_in_progress uint8 1 (1)',
      ['ADD service.one string a (2)', 'ADD service.two string b (2)'],
      'MODIFY config.reload_in_progress uint8 0 (1)',
    ],
  )
})

test('cmap_initialize_map: the stats map can be read, iterated and not written', async () => {
  await program.call('open', 'stats', { map: 'stats' })
  const keys = await program.call<CmapKey[]>('keys', 'stats', 'stats.ipcs.')
  ok(keys.some(({ key, type }) => key === 'stats.ipcs.global.active' && type === 'uint64'))
  ok((await program.call<bigint>('get', 'stats', 'stats.ipcs.global.active', 'uint64')) > 0n)
  is(await codeOf(program.call('set', 'stats', 'stats.ipcs.global.active', 'uint64', 1)), 'CS_ERR_ACCESS')
  is(await codeOf(program.call('delete', 'stats', 'stats.clear.all')), 'CS_ERR_NOT_SUPPORTED')
})

test('in the stats map PREFIX needs ADD and DELETE: then programs that come and go are told', async () => {
  const alone = program.call('track', 'stats', 'alone', 'stats.ipcs.', ['ADD', 'PREFIX'])
  is(await codeOf(alone), 'CS_ERR_NOT_SUPPORTED')
  await program.call('track', 'stats', 'programs', 'stats.ipcs.', ['ADD', 'DELETE', 'PREFIX'])
  const guest = await Remote.start<Event>(cluster.node(1), 'cmap')
  await guest.call('open', 'c')
  await program.waitFor('the guest', () =>
    changesOf('programs').some(({ event, key }) => event === 'ADD' && key.includes(`.${guest.pid}.`)),
  )
  await guest.kill()
  await program.waitFor('its end', () =>
    changesOf('programs').some(({ event, key }) => event === 'DELETE' && key.includes(`.${guest.pid}.`)),
  )
})

test('cmap_finalize: every later call is refused', async () => {
  await program.call('close', 'stats')
  await program.call('close', 'stats')
  is(await codeOf(program.call('keys', 'stats')), 'CLOSED')
})

test('the daemon dies: down once, then CLOSED; a tracking may still be ended', async () => {
  await cluster.node(1).daemon.kill('SIGKILL')
  await program.waitFor('down', (events) =>
    events.some((event) => event.type === 'down' && event.name === 'c'),
  )
  is(await call('property', 'open'), false)
  is(await codeOf(find('test.int8')), 'CLOSED')
  await program.call('untrack', 'stays')
  is(await codeOf(program.call('dispatch', 'manual', 'ONE_NONBLOCKING')), 'CS_ERR_LIBRARY')
  const downs = program.events.flatMap((event) => (event.type === 'down' ? [event.name] : []))
  equal(downs.sort(), ['c', 'manual'])
})

test('the cluster is closed', async () => {
  await cluster.close()
})

test.run()
