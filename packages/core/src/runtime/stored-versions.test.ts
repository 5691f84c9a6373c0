// What a storage has agreed to binds the programs that are opened on it.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { QuorateError } from '../errors.ts'
import { encodeBody } from '../log/body.ts'
import { chainAfter } from '../log/chain.ts'
import { type Entry, emptyChain, type ViewBody } from '../log/entry.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { MemoryDisk } from '../memory/memory-storage.ts'
import { emptyRecord } from '../ports/storage-contract-samples.ts'
import { counter } from './cluster.test-support.ts'
import { openReplica } from './open-replica.ts'

const test = suite('stored versions')

const owner = { group: 'versions', nodeid: 1, machine: 'counter' }
const voters = { nodeids: [1], policy: 'majority' } as const

function viewEntry(protocol: number, machine: number): Entry {
  const { ballot } = emptyRecord.epoch
  const body: ViewBody = {
    ...{ type: 'view', ballot, participants: [], members: [], timeMs: 0 },
    versions: { protocol, machine },
  }
  const payload = encodeBody(body)
  return { body, payload, chain: chainAfter(emptyChain, payload) }
}

/** Opens a replica on a log with these VIEW entries, of which none is known to be committed. */
async function opened(...append: Entry[]): Promise<string> {
  const disk = new MemoryDisk()
  const before = disk.open()
  before.write({ owner, record: { ...emptyRecord, voters }, append }, () => {})
  await before.close()
  const transport = new MemoryNetwork({ nodes: [1] }).node(1)
  const options = { machine: counter, group: owner.group, transport, voters: [1], storage: disk.open() }
  try {
    await using replica = await openReplica(options)
    return replica.status.group
  } catch (error) {
    assert.instance(error, QuorateError)
    return `${(error as QuorateError).code}: ${(error as QuorateError).message}`
  }
}

test('what this program runs is taken, and so is an empty log', async () => {
  assert.is(await opened(viewEntry(1, 1)), 'versions')
  assert.is(await opened(), 'versions')
})

test('a newer machine is refused, although nothing of it was applied yet', async () => {
  assert.match(await opened(viewEntry(1, 2)), /^VersionTooNew: The stored log has version 2.*start a newer/)
})

test('a newer protocol is refused', async () => {
  assert.match(await opened(viewEntry(2, 1)), /^VersionTooNew: .*version 2 of Quorate's protocol/)
})

test.run()
