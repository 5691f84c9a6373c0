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
  ['a misspelt option', { voter: [1] } as Wrong, /there is no option voter: is voters meant\?/],
  [
    'an unknown option',
    { zone: 1 } as Wrong,
    /there is no option zone; there are: machine, group, transport, voters,/,
  ],
  ['no voters', { voters: [] }, /voters is empty: name each node by its id; give every node the same list/],
  ['voters that are no list', { voters: 3 }, /voters is 3: give a list of node ids, such as \[1, 2, 3\]/],
  ['voters that are null', { voters: null }, /voters is null: give a list/],
  ['a node twice', { voters: [1, 2, 1] }, /voters names node 1 twice: name it once/],
  ['a node id that is none', { voters: [1, 0] }, /voters names 0: a node id is a whole number from 1/],
  ['a place without node id', { voters: [1, undefined] }, /voters names undefined: a node id is/],
  ['a node id in text', { voters: ['1'] }, /voters names '1': a node id is a whole number/],
  ['a group that is no text', { group: 5 }, /group must be a string, the name of the group, and is 5/],
  ['no group', { group: '' }, /The group name is empty; give it 1 to 127 bytes/],
  ['a long group', { group: 'ä'.repeat(64) }, /has 128 bytes; at most 127/],
  ['no machine', { machine: undefined }, /machine is missing: give what defineMachine returned/],
  [
    'a definition',
    { machine: { name: 'raw' } },
    /machine has no method open\(\): give what defineMachine returned/,
  ],
  ['no transport', { transport: undefined }, /transport is missing/],
  [
    'a network',
    { transport: network },
    /transport has no method join\(\): give a Transport, such as .*node\(1\)/,
  ],
  [
    'a disk',
    { storage: new MemoryDisk() },
    /storage has no method load\(\): .* new MemoryDisk\(\)\.open\(\)/,
  ],
  ['a clock that is none', { clock: Date }, /clock has no method monotonicMs\(\)/],
  ['another role', { role: 'leader' }, /role must be 'voter' or 'learner', and is leader/],
  ['a guard in text', { guard: 'on' }, /guard must be true or false, and is on/],
  ['a controller', { signal: new AbortController() }, /signal must be an AbortSignal: .* give its \.signal/],
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
  ['limits that are no object', { limits: 5 }, /limits must be an object, and is 5/],
  ['an unknown timeout', { timeouts: { ttl: 5 } }, /there is no timeouts.ttl; there are: .*noQuorumMs/],
  [
    'an unknown limit',
    { limits: { commandsMax: 5 } },
    /there is no limits.commandsMax: is openCommandsMax meant/,
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
    'less room for a slow disk than may be open',
    { limits: { backlogBytesMax: 1000 } },
    /backlogBytesMax is 1000, less than the 16777216 .* Raise it/,
  ],
  [
    'fewer entries for a slow disk than may be open',
    { limits: { uncommittedEntriesMax: 100_000 } },
    /backlogEntriesMax is 65536, less than the 100000 .* Raise it/,
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

test('no options at all are told what is needed', async () => {
  const error = await openReplica(undefined as never).catch((thrown: unknown) => thrown)
  assert.match(String(error), /at least machine, group, transport and voters/)
})

test('a storage of a newer machine is refused by its own code', async () => {
  const versioned = (version: number) =>
    defineMachine({ name: 'versioned', version, initial: () => ({}), reducers: { go() {} } })
  const disk = new MemoryDisk()
  const options = { group: 'versions', transport: new MemoryNetwork({ nodes: [1] }).node(1), voters: [1] }
  const newer = await openReplica({ ...options, machine: versioned(2), storage: disk.open() })
  for (let i = 0; i < 5; i++) await newer.submit.go()
  await newer.close()
  const older = openReplica({ ...options, machine: versioned(1), storage: disk.open() })
  const error = (await older.catch((thrown: unknown) => thrown)) as QuorateError
  assert.is(error.code, 'VersionTooNew')
  assert.match(error.message, /has version 2, and this program runs 1 to 1 .*: start a newer program/)
})

test('a stored command that the machine has no reducer for is refused', async () => {
  const disk = new MemoryDisk()
  const networkOfTwo = new MemoryNetwork({ nodes: [1] })
  const options = { group: 'machines', transport: networkOfTwo.node(1), voters: [1] }
  const first = await openReplica({ ...options, machine: counter, storage: disk.open() })
  // What is known to be committed is written with what comes after it.
  for (let i = 0; i < 5; i++) await first.submit.add(1)
  await first.close()
  const other = defineMachine({ name: 'counter', version: 1, initial: () => ({}), reducers: {} })
  const opened = await openReplica({ ...options, machine: other, storage: disk.open() }).catch(String)
  assert.match(String(opened), /this program's machine 'counter' has no such reducer/)
})

test.run()
