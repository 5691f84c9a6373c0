// What is given to an open replica by callers without types: refused, with what to give instead, and nothing is done.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { QuorateError } from '../errors.ts'
import { defineMachine } from '../machine/define-machine.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { type CounterReplica, onCluster } from './cluster.test-support.ts'
import { openReplica } from './open-replica.ts'
import type { Replica } from './replica.ts'

const test = suite('calls of a replica')

// biome-ignore lint/suspicious/noExplicitAny: what a caller without types sees.
type Untyped = any
type Call = (replica: Untyped) => unknown

const refusals: readonly [what: string, call: Call, message: RegExp][] = [
  ['with()', (r) => r.with(), /options of a call are an object of deadlineMs and signal, and not undefined/],
  ['with, misspelt', (r) => r.with({ deadlineM: 5 }), /there is no option deadlineM: is deadlineMs meant/],
  ['force()', (r) => r.force(), /replica.force: it takes an order, such as .* and got undefined/],
  [
    'force, misspelt',
    (r) => r.force({ miss: [1] }),
    /replica.force: there is no option miss; there are: missing/,
  ],
  ['force, a number', (r) => r.force({ missing: 3 }), /replica.force: missing is 3: give a list of node ids/],
  ['force, voters null', (r) => r.force({ voters: null }), /replica.force: voters is null: give a list/],
  ['read()', (r) => r.read(), /replica.read: select must be a function, such as .* and is undefined/],
  ['read, misspelt', (r) => r.read(() => 1, { signl: 1 }), /there is no option signl: is signal meant/],
  ['subscribe()', (r) => r.subscribe(), /replica.subscribe: select must be a function/],
  ['subscribe, no listener', (r) => r.subscribe(() => 1), /replica.subscribe: listener must be a function/],
  ['on, misspelt', (r) => r.on('vieww', () => {}), /there is no event vieww: is view meant/],
  ['on, unknown', (r) => r.on('x', () => {}), /there is no event x; there are: view, primary, no-quorum/],
  ['on, no listener', (r) => r.on('view'), /replica.on: listener must be a function, .* is undefined/],
  ['once, misspelt', (r) => r.once('curent'), /there is no event curent: is current meant/],
  ['once, a deadline', (r) => r.once('view', { deadlineMs: 5 }), /no option deadlineMs; there are: signal/],
  ['once, null', (r) => r.once('view', null), /are an object of signal, and not null/],
  ['ready, misspelt', (r) => r.ready({ deadline: 5 }), /there is no option deadline: is deadlineMs meant/],
  ['reportFenced', (r) => r.reportFenced('x'), /replica.reportFenced names 'x': a node id is a whole number/],
]

for (const [what, call, message] of refusals)
  test(
    `${what} is refused`,
    onCluster(
      async (cluster) => {
        const [replica] = (await cluster.openAll()) as [CounterReplica]
        // Whether it throws or rejects.
        const error = await Promise.resolve(replica)
          .then(call)
          .catch((thrown: unknown) => thrown)
        assert.instance(error, QuorateError)
        assert.is((error as QuorateError).code, 'BadOption')
        assert.match((error as QuorateError).message, message)
        assert.is(await replica.submit.add(1), 1)
      },
      [1],
    ),
  )

test('a reducer that closes the replica stops it, and whoever closes it then is answered', async () => {
  const outside: { replica?: Replica } = {}
  const machine = defineMachine({
    name: 'closing',
    version: 1,
    initial: () => ({}),
    reducers: {
      end: () => {
        void outside.replica?.close()
      },
    },
  })
  const transport = new MemoryNetwork({ nodes: [1] }).node(1)
  const replica = await openReplica({ machine, group: 'closing', transport, voters: [1], guard: true })
  outside.replica = replica
  const stopped = replica.once('stopped')
  await replica.submit.end().catch(() => {})
  assert.match((await stopped).error.message, /replica\.close in a reducer .*ctx\.emit/)
  await replica.close()
})

test.run()
