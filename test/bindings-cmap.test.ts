// libcmap on a real daemon: values of every type, errors, iteration, the stats map, access, the daemon's end. Tracking is
// in bindings-cmap-track.test.ts.

import { mkdirSync, writeFileSync } from 'node:fs'
import type { CmapKey, CmapType, CmapValue } from '@quorate/cmap-config'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is, match, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { type CmapProgram, codeOf, startCmap } from './support/programs/cmap-client.ts'
import { failureOf } from './support/programs/cpg-client.ts'

const test = clusterTest('libcmap')

let cluster: CorosyncCluster
let program: CmapProgram

const call = <T>(operation: string, ...args: unknown[]): Promise<T> =>
  program.call<T>(operation, 'c', ...args)
const find = (key: string): Promise<CmapValue> => call('find', key)

/** What corosync's own tool says of a key. */
async function cmapctl(...args: string[]): Promise<string> {
  return (await cluster.node(1).exec('corosync-cmapctl', args)).stdout.trim()
}

test('no daemon runs: CS_ERR_LIBRARY', async () => {
  cluster = await CorosyncCluster.start({ nodes: 2, daemons: [] })
  program = await startCmap(cluster.node(1))
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

const floatMax = (2 - 2 ** -23) * 2 ** 127
/** As C prints it with `%f`. */
const printed = (value: number): string => `${BigInt(value)}.000000`

const samples: readonly [CmapType, unknown, bytes: number, asShown: string][] = [
  ['int8', -128, 1, '(i8) = -128'],
  ['int8', 127, 1, '(i8) = 127'],
  ['uint8', 0, 1, '(u8) = 0'],
  ['uint8', 255, 1, '(u8) = 255'],
  ['int16', -32_768, 2, '(i16) = -32768'],
  ['int16', 32_767, 2, '(i16) = 32767'],
  ['uint16', 0, 2, '(u16) = 0'],
  ['uint16', 65_535, 2, '(u16) = 65535'],
  ['int32', -(2 ** 31), 4, '(i32) = -2147483648'],
  ['int32', 2 ** 31 - 1, 4, '(i32) = 2147483647'],
  ['uint32', 0, 4, '(u32) = 0'],
  ['uint32', 2 ** 32 - 1, 4, '(u32) = 4294967295'],
  ['int64', -(2n ** 63n), 8, '(i64) = -9223372036854775808'],
  ['int64', 2n ** 63n - 1n, 8, '(i64) = 9223372036854775807'],
  ['uint64', 0n, 8, '(u64) = 0'],
  ['uint64', 2n ** 64n - 1n, 8, '(u64) = 18446744073709551615'],
  ['float', 1.5, 4, '(flt) = 1.500000'],
  ['float', floatMax, 4, `(flt) = ${printed(floatMax)}`],
  ['float', -floatMax, 4, `(flt) = ${printed(-floatMax)}`],
  ['double', -0.125, 8, '(dbl) = -0.125000'],
  ['double', Number.MAX_VALUE, 8, `(dbl) = ${printed(Number.MAX_VALUE)}`],
  ['double', -Number.MAX_VALUE, 8, `(dbl) = ${printed(-Number.MAX_VALUE)}`],
  ['double', Number.MIN_VALUE, 8, '(dbl) = 0.000000'],
  ['double', Number.NEGATIVE_INFINITY, 8, '(dbl) = -inf'],
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
    is(await program.call('setAndGet', type, 'test.typed', value), back)
    equal((await find('test.typed')).type, type)
  })
}

test('cmap_set_string, cmap_get_string: likewise', async () => {
  is(await program.call('setAndGetString', 'test.typed', 'zwölf'), 'zwölf\0')
  equal(await find('test.typed'), { type: 'string', value: 'zwölf', length: 7 })
})

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
  is(await codeOf(call('set', 'system.sched_rr', 'string', 'no')), 'CS_ERR_ACCESS')
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
  for (const key of ['a-Z', 'quorate.a:b/c-d_e.limits.x0', 'k'.repeat(255)]) {
    await call('set', key, 'uint8', 1)
    is(await call('get', key, 'uint8'), 1)
  }
})

test('a name that is too long keeps no connection from being freed', async () => {
  const before = await call('descriptors')
  await program.call('open', 'long')
  is(await codeOf(program.call('keys', 'long', 'k'.repeat(256))), 'CS_ERR_NAME_TOO_LONG')
  is(await codeOf(program.call('track', 'long', 't', 'k'.repeat(256), ['ADD'])), 'CS_ERR_NAME_TOO_LONG')
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

test('cmap_get and cmap_iter_* on a thread: the same values, keys and errors', async () => {
  equal(await call('keysOnThread', 'iterate.'), ['iterate.a', 'iterate.b'])
  equal(await call('keysOnThread', 'nothing.'), [])
  is(await call('getOnThread', 'iterate.b', 'string'), 'abc')
  is(await codeOf(call('getOnThread', 'iterate.b', 'uint8')), 'CS_ERR_INVALID_PARAM')
  const error = await failureOf(call('getOnThread', 'test.absent', 'uint8'))
  equal([error.code, error.message.includes('"test.absent"')], ['CS_ERR_NOT_EXIST', true])
  is(await codeOf(call('keysOnThread', 'k'.repeat(256))), 'CS_ERR_NAME_TOO_LONG')
})

test('a call on a thread leaves the event loop free while the daemon hangs; close gives it up', async () => {
  await program.call('open', 'hang')
  await cluster.node(1).daemon.kill('SIGSTOP')
  try {
    const answer = failureOf(program.call('getOnThread', 'hang', 'iterate.b', 'string'))
    is(await codeOf(program.call('get', 'hang', 'iterate.b', 'string')), 'CS_ERR_TRY_AGAIN')
    await program.call('close', 'hang')
    is((await answer).code, 'CS_ERR_LIBRARY')
  } finally {
    await cluster.node(1).daemon.kill('SIGCONT')
  }
})

test('what is set on one node is not set on another', async () => {
  const other = await startCmap(cluster.node(2))
  await other.call('open', 'c')
  is(await codeOf(other.call('find', 'c', 'iterate.a')), 'CS_ERR_NOT_EXIST')
})

test('cmap_initialize_map: the stats map can be read, iterated and not written', async () => {
  await program.call('open', 'stats', { map: 'stats' })
  const keys = await program.call<CmapKey[]>('keys', 'stats', 'stats.ipcs.')
  ok(keys.some(({ key, type }) => key === 'stats.ipcs.global.active' && type === 'uint64'))
  ok((await program.call<bigint>('get', 'stats', 'stats.ipcs.global.active', 'uint64')) > 0n)
  is(await codeOf(program.call('set', 'stats', 'stats.ipcs.global.active', 'uint64', 1)), 'CS_ERR_ACCESS')
  is(await codeOf(program.call('delete', 'stats', 'stats.clear.all')), 'CS_ERR_NOT_SUPPORTED')
})

test('a user who is not allowed: CS_ERR_ACCESS; a file in uidgid.d and a reload let the user in', async () => {
  const [node, guest] = [cluster.node(1), await startCmap(cluster.node(1))]
  await guest.call('become', 'nobody', 'nogroup')
  is(await codeOf(guest.call('open', 'c')), 'CS_ERR_ACCESS')
  mkdirSync(node.path('/etc/corosync/uidgid.d'), { recursive: true })
  writeFileSync(node.path('/etc/corosync/uidgid.d/test'), 'uidgid {\n  uid: nobody\n}\n')
  await node.reload()
  await guest.call('open', 'c')
  is(await guest.call('get', 'c', 'iterate.a', 'uint16'), 1)
  await guest.kill()
})

test('cmap_finalize: every later call is refused', async () => {
  await program.call('close', 'stats')
  await program.call('close', 'stats')
  is(await codeOf(program.call('keys', 'stats')), 'CLOSED')
})

test('the daemon dies: down once, then CLOSED', async () => {
  await cluster.node(1).daemon.kill('SIGKILL')
  await program.waitFor('down', (events) => events.some((event) => event.type === 'down'))
  is(await call('property', 'open'), false)
  is(await codeOf(find('test.int8')), 'CLOSED')
  equal(
    program.events.map(({ type }) => type),
    ['down'],
  )
})

test('the cluster is closed', async () => {
  await cluster.close()
})

test.run()
