// Tracking with libcmap on a real daemon: which changes are told, to whom, and what handlers may do.

import type { CmapValue } from '@quorate/cmap-config'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import {
  type CmapProgram,
  changesOf,
  codeOf,
  startCmap,
  told,
  transcript,
} from './support/programs/cmap-client.ts'

const test = clusterTest('libcmap, tracking')
const all = ['ADD', 'DELETE', 'MODIFY']

let cluster: CorosyncCluster
let program: CmapProgram

const call = <T>(operation: string, ...args: unknown[]): Promise<T> =>
  program.call<T>(operation, 'c', ...args)

test('cmap_track_add: ADD, MODIFY, DELETE with old and new value; the same value is no change', async () => {
  cluster = await CorosyncCluster.start({ nodes: 1 })
  program = await startCmap(cluster.node(1))
  await call('open')
  await call('track', 'life', 'life.key', all)
  await call('set', 'life.key', 'uint8', 1)
  await call('set', 'life.key', 'uint8', 1)
  await call('set', 'life.key', 'uint8', 2)
  await call('increment', 'life.key')
  await call('set', 'life.key', 'string', 'two')
  await call('set', 'life.key.below', 'uint8', 1)
  await call('delete', 'life.key')
  equal(await told(program, 'life', 5), [
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
  await told(program, 'prefix', 4)
  equal(
    [...all, 'prefix', 'everything'].map((tracking) =>
      changesOf(program, tracking)
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
  await Promise.all([told(program, 'one', 1), told(program, 'two', 1)])
  await program.call('untrack', 'one')
  await program.call('untrack', 'one')
  await call('set', 'twice.key', 'uint8', 2)
  await told(program, 'two', 2)
  is(changesOf(program, 'one').length, 1)
})

test('a handler ends its own tracking: what had come for it is passed over, others hear all', async () => {
  await call('track', 'ends', 'own.key', all, 'delete')
  await call('track', 'stays', 'own.key', all)
  await call('count', 'own.key', 3)
  equal(await told(program, 'stays', 3), [
    'ADD own.key: - → uint32 1 (4)',
    'MODIFY own.key: uint32 1 (4) → uint32 2 (4)',
    'MODIFY own.key: uint32 2 (4) → uint32 3 (4)',
  ])
  is(changesOf(program, 'ends').length, 1)
  is(await call('property', 'open'), true)
})

test('what a handler throws is an uncaught exception, and keeps nothing from others', async () => {
  await call('reportUncaught')
  await call('track', 'throws', 'thrown.key', all, 'throw')
  await call('track', 'hears', 'thrown.key', all)
  await call('count', 'thrown.key', 2)
  await Promise.all([told(program, 'throws', 2), told(program, 'hears', 2)])
  const uncaught = program.events.filter(({ type }) => type === 'uncaught')
  equal(uncaught, [{ type: 'uncaught', message: 'thrown by throws' }])
})

test('a handler closes the connection: nothing is told after that', async () => {
  await program.call('open', 'closing')
  await program.call('track', 'closing', 'closes', 'closing.key', all, 'close')
  await call('count', 'closing.key', 3)
  await told(program, 'closes', 1)
  is(await program.call('property', 'closing', 'open'), false)
  is(await codeOf(program.call('find', 'closing', 'closing.key')), 'CLOSED')
  await program.call('untrack', 'closes')
  is(changesOf(program, 'closes').length, 1)
})

test('the longest values are told whole, old and new, and each event has its own copy', async () => {
  const values = [1, 2, 3].map((byte) => new Uint8Array(16_384).fill(byte))
  await call('track', 'long', 'long.key', all)
  await call('setAll', 'long.key', 'binary', values)
  await told(program, 'long', 3)
  /** The byte that fills the value, and how often. */
  const filled = (value: CmapValue | undefined): unknown => {
    const bytes = [...((value?.value as Uint8Array | undefined) ?? [])]
    return [...new Set(bytes), bytes.length]
  }
  equal(
    changesOf(program, 'long').map(({ oldValue, value }) => [filled(oldValue), filled(value)]),
    [
      [[0], [1, 16_384]],
      [
        [1, 16_384],
        [2, 16_384],
      ],
      [
        [2, 16_384],
        [3, 16_384],
      ],
    ],
  )
})

test('the errors of the man pages: what is no flag, no handler, no tracking', async () => {
  const [modify, noFlag] = [2, 64]
  is(await codeOf(program.call('trackAdd', 'error.key', modify | noFlag, 1n)), 'CS_ERR_INVALID_PARAM')
  is(await codeOf(program.call('trackAdd', 'error.key', modify, null)), 'CS_ERR_INVALID_PARAM')
  is(await codeOf(program.call('trackDelete', 12_345n)), 'CS_ERR_BAD_HANDLE')
})

test('10,000 changes are told, none lost, in order', async () => {
  await call('track', 'many', 'many.key', all)
  await call('count', 'many.key', 10_000)
  await told(program, 'many', 10_000)
  const wrong = changesOf(program, 'many').findIndex(({ value }, i) => value?.value !== i + 1)
  equal([wrong, changesOf(program, 'many').length], [-1, 10_000])
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
  is(transcript(program, 'hand').length, 1)
  is(await program.call('dispatch', 'manual', 'ALL'), true)
  is(transcript(program, 'hand').length, 3)
})

test('by hand, too, what had come for a tracking that ended is passed over', async () => {
  await call('count', 'hand.key', 1)
  await program.call('untrack', 'hand')
  is(await program.call('dispatch', 'manual', 'ONE_NONBLOCKING'), true)
  is(await program.call('dispatch', 'manual', 'ONE_NONBLOCKING'), false)
  is(transcript(program, 'hand').length, 3)
})

test('cmap_dispatch, BLOCKING: until a handler closes the connection, which is told nothing further', async () => {
  await program.call('open', 'blocking', { autoDispatch: false })
  await program.call('track', 'blocking', 'block', 'block.key', all, 'close')
  await call('count', 'block.key', 3)
  is(await program.call('dispatch', 'blocking', 'BLOCKING'), true)
  is(changesOf(program, 'block').length, 1)
  is(await program.call('property', 'blocking', 'open'), false)
})

test('a reload tells each key by itself, between two changes of config.reload_in_progress', async () => {
  await call('track', 'reload', 'config.reload_in_progress', all)
  await call('track', 'reload', 'service.', [...all, 'PREFIX'])
  for (const node of cluster.nodes) {
    node.configure((conf) => conf.set('service.one', 'a').set('service.two', 'b'))
  }
  await cluster.node(1).reload()
  const lines = (await told(program, 'reload', 4)).map((line) => line.replace(/: .* →/, ''))
  equal(
    [lines[0], lines.slice(1, -1).sort(), lines.at(-1)],
    [
      'ADD config.reload_in_progress uint8 1 (1)',
      ['ADD service.one string a (2)', 'ADD service.two string b (2)'],
      'MODIFY config.reload_in_progress uint8 0 (1)',
    ],
  )
})

test('in the stats map PREFIX needs ADD and DELETE: then programs that come and go are told', async () => {
  await program.call('open', 'stats', { map: 'stats' })
  const alone = program.call('track', 'stats', 'alone', 'stats.ipcs.', ['ADD', 'PREFIX'])
  is(await codeOf(alone), 'CS_ERR_NOT_SUPPORTED')
  await program.call('track', 'stats', 'programs', 'stats.ipcs.', ['ADD', 'DELETE', 'PREFIX'])
  const guest = await startCmap(cluster.node(1))
  await guest.call('open', 'c')
  await program.waitFor('the guest', () =>
    changesOf(program, 'programs').some(
      ({ event, key }) => event === 'ADD' && key.includes(`.${guest.pid}.`),
    ),
  )
  await guest.kill()
  await program.waitFor('its end', () =>
    changesOf(program, 'programs').some(
      ({ event, key }) => event === 'DELETE' && key.includes(`.${guest.pid}.`),
    ),
  )
})

test('the daemon dies: down once, then CLOSED; a tracking may still be ended', async () => {
  await cluster.node(1).daemon.kill('SIGKILL')
  await program.waitFor('down', (events) =>
    events.some((event) => event.type === 'down' && event.name === 'c'),
  )
  is(await call('property', 'open'), false)
  is(await codeOf(call('find', 'own.key')), 'CLOSED')
  await program.call('untrack', 'stays')
  is(await codeOf(program.call('dispatch', 'manual', 'ONE_NONBLOCKING')), 'CS_ERR_LIBRARY')
  const downs = program.events.flatMap((event) => (event.type === 'down' ? [event.name] : []))
  equal(downs.sort(), ['c', 'manual', 'stats'])
})

test('the cluster is closed', async () => {
  await cluster.close()
})

test.run()
