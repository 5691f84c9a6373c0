// Whose a storage is: it serves the replica that began on it, and no other.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { QuorateError } from '../errors.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { MemoryDisk } from '../memory/memory-storage.ts'
import type { Storage, Stored } from '../ports/storage.ts'
import { type CounterReplica, counter } from './cluster.test-support.ts'
import { openReplica } from './open-replica.ts'

const test = suite('whose a storage is')

interface Asked {
  readonly group?: string
  readonly nodeid?: number
  readonly machine?: typeof counter
}

/** Alone in its group. */
function open(disk: MemoryDisk, { group = 'owned', nodeid = 1, machine = counter }: Asked = {}) {
  const transport = new MemoryNetwork({ nodes: [1, 2] }).node(nodeid)
  return openReplica({ machine, group, transport, voters: [nodeid], storage: disk.open() })
}

/** A disk on which a replica of node 1 in group `owned` has added 5. */
async function usedDisk(): Promise<MemoryDisk> {
  const disk = new MemoryDisk()
  await using replica = await open(disk)
  await replica.submit.add(5)
  return disk
}

async function content(disk: MemoryDisk): Promise<Stored | null> {
  const storage = disk.open()
  const stored = await storage.load()
  await storage.close()
  return stored
}

async function refusal(opening: Promise<CounterReplica>): Promise<string> {
  const error = await opening.catch((thrown: unknown) => thrown)
  assert.instance(error, QuorateError)
  return `${(error as QuorateError).code} ${(error as QuorateError).message}`
}

test('its replica finds there what it had', async () => {
  const disk = await usedDisk()
  assert.equal((await content(disk))?.owner, { group: 'owned', nodeid: 1, machine: 'counter' })
  await using replica = await open(disk)
  assert.is(await replica.read(({ value }) => value), 5)
})

/** Of `disk`, changed. */
function changed(disk: MemoryDisk, change: (stored: Stored) => Partial<Stored>): Storage {
  const storage = disk.open()
  return {
    write: (write, done) => storage.write(write, done),
    close: () => storage.close(),
    async load() {
      const stored = (await storage.load()) as Stored
      return { ...stored, ...change(stored) }
    },
  }
}

const gaps: readonly [what: string, change: (stored: Stored) => Partial<Stored>][] = [
  ['before its log', ({ start, entries }) => ({ start: { ...start, index: 1 }, entries: entries.slice(1) })],
  ['up to its commit', ({ entries, record }) => ({ entries: entries.slice(0, record.commit - 1) })],
]

for (const [what, change] of gaps) {
  test(`entries that are missing ${what} are found before anything is done with the rest`, async () => {
    const disk = await usedDisk()
    const transport = new MemoryNetwork({ nodes: [1] }).node(1)
    const storage = changed(disk, change)
    const message = await refusal(
      openReplica({ machine: counter, group: 'owned', transport, voters: [1], storage }),
    )
    assert.match(message, /^Malformed The storage has the state at 0.*what lies between is missing/)
  })
}

const others: readonly [what: string, asked: Asked, said: string][] = [
  ['another group', { group: 'other' }, "this is the replica of group 'other'"],
  ['another node', { nodeid: 2 }, 'on node 2'],
  [
    'another machine',
    { machine: Object.create(counter, { name: { value: 'abacus' } }) },
    "of the machine 'abacus'",
  ],
]

for (const [what, asked, said] of others) {
  test(`the replica of ${what} is refused, and nothing is changed`, async () => {
    const disk = await usedDisk()
    const before = await content(disk)
    const message = await refusal(open(disk, asked))
    assert.match(message, /^BadOption openReplica: the storage holds the replica of group 'owned' on node 1/)
    assert.ok(message.includes(said), message)
    assert.equal(await content(disk), before)
  })
}

test.run()
