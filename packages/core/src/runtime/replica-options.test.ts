// Options that make no replica are refused, and the error says what to change.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { QuorateError } from '../errors.ts'
import { defineMachine } from '../machine/define-machine.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { MemoryDisk } from '../memory/memory-storage.ts'
import { counter } from './cluster.test-support.ts'
import { openReplica } from './open-replica.ts'
import type { ReplicaOptions } from './replica-options.ts'

const test = suite('replica options')

const network = new MemoryNetwork({ nodes: [1, 2] })
const good: ReplicaOptions<typeof counter> = {
  machine: counter,
  group: 'options',
  transport: network.node(1),
  voters: [1],
}
const narrow = defineMachine({
  name: 'narrow',
  version: 1,
  initial: () => ({}),
  reducers: {},
  limits: () => ({ openCommandsMax: 10 }),
})

// biome-ignore lint/suspicious/noExplicitAny: what a caller without types may give.
type Wrong = { readonly [Name in keyof ReplicaOptions]?: any }

const refusals: readonly [what: string, options: Wrong, message: RegExp][] = [
  ['no voters', { voters: [] }, /voters is empty: name the ids of the nodes that vote/],
  ['voters that are no list', { voters: 3 }, /voters is empty/],
  ['a node twice', { voters: [1, 2, 1] }, /voters names node 1 twice: .* name it once/],
  ['a node id that is none', { voters: [1, 0] }, /voters names 0: a node id is a whole number from 1/],
  ['no group', { group: '' }, /The group name is empty; give it 1 to 127 bytes/],
  ['a long group', { group: 'ä'.repeat(64) }, /has 128 bytes; at most 127/],
  ['no machine', { machine: undefined }, /machine is missing: give what defineMachine returned/],
  ['no transport', { transport: undefined }, /transport is missing/],
  ['another policy', { policy: 'all' }, /policy must be 'majority' or 'votequorum', and is all/],
  ['votequorum without storage', { policy: 'votequorum' }, /'votequorum' needs a storage/],
  ['another overload', { overload: 'drop' }, /overload must be 'wait' or 'reject', and is drop/],
  [
    'a limit that is none',
    { limits: { openCommandsMax: 0 } },
    /limits.openCommandsMax must be a whole number above 0/,
  ],
  [
    'a limit in text',
    { limits: { openBytesMax: '1MB' } },
    /limits.openBytesMax must be a whole number above 0, and is 1MB/,
  ],
  [
    'an unknown limit',
    { limits: { commandsMax: 5 } },
    /there is no limits.commandsMax; there are: .*openCommandsMax/,
  ],
  [
    'a timeout that is none',
    { timeouts: { noQuorumMs: -1 } },
    /timeouts.noQuorumMs must be a whole number above 0/,
  ],
  [
    'less room for joiners than may be open',
    { limits: { heldBytesMax: 1000 } },
    /heldBytesMax is 1000, less than the 16777216 .* Raise it/,
  ],
  [
    'more open commands than the machine applies',
    { machine: narrow },
    /lower it, or raise openCommandsMax in the machine's limits/,
  ],
  [
    'a vote on a node that has none',
    { voters: [2], role: 'voter' },
    /this is node 1: name it in voters \(2\)/,
  ],
]

for (const [what, options, message] of refusals) {
  test(`${what} is refused, and the group can be joined after that`, async () => {
    const error = await openReplica({ ...good, ...options } as ReplicaOptions).catch(
      (thrown: unknown) => thrown,
    )
    assert.instance(error, QuorateError)
    assert.is((error as QuorateError).code, 'BadOption')
    assert.match(String(error), message)
    await (await openReplica(good)).close()
  })
}

test('what is left out has a default, also when it is given as undefined', async () => {
  const replica = await openReplica({
    ...good,
    limits: { openBytesMax: undefined },
    clock: undefined,
  } as unknown as ReplicaOptions<typeof counter>)
  await replica.submit.add(1)
  assert.is(replica.status.role, 'voter')
  await replica.close()
})

test('a storage stays with its voters', async () => {
  const disk = new MemoryDisk()
  const replica = await openReplica({ ...good, storage: disk.open() })
  await replica.submit.add(1)
  await replica.close()
  const error = await openReplica({ ...good, voters: [1, 2], storage: disk.open() }).catch(String)
  assert.match(
    String(error),
    /the storage belongs to a group of the voters 1 by majority, and the options say 1,2/,
  )
  // The storage was closed.
  const again = await openReplica({ ...good, storage: disk.open() })
  assert.is(await again.read((state) => state.value), 1)
  await again.close()
})

test('a storage of another machine is refused', async () => {
  const disk = new MemoryDisk()
  const networkOfTwo = new MemoryNetwork({ nodes: [1] })
  const options = { group: 'machines', transport: networkOfTwo.node(1), voters: [1] }
  const first = await openReplica({ ...options, machine: counter, storage: disk.open() })
  // What is known to be committed is written with what comes after it.
  for (let i = 0; i < 5; i++) await first.submit.add(1)
  await first.close()
  const other = defineMachine({ name: 'other', version: 1, initial: () => ({}), reducers: {} })
  const opened = await openReplica({ ...options, machine: other, storage: disk.open() }).catch(String)
  assert.match(String(opened), /this program's machine 'other' has no such reducer/)
})

test.run()
