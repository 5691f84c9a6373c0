// How large the file of a replica becomes under constant load, over many snapshots: docs/storage.md, "Disk use", states a
// bound, which is computed here from the same limits.

import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineMachine, MemoryNetwork, openReplica, type Replica, type Role } from '@quorate/core'
import { openLmdbStorage } from '@quorate/lmdb-storage'
import { suite } from 'uvu'
import { is, ok } from 'uvu/assert'
import { waitUntil } from './support/wait-until.ts'

const test = suite('disk use')
const mebibyte = 2 ** 20

/** The state has always the same size: each command writes over a slot. */
const slots = 64
const textChars = 16_384
const inFlight = 16

/** Of one node a reducer can be made to go wrong: it writes this. */
const outside = { wrong: '' }

const makeMachine = (nodeid: number) =>
  defineMachine({
    name: 'slots',
    version: 1,
    initial: () => ({ texts: Array.from({ length: slots }, () => '') }),
    reducers: {
      write(state, { slot, text }: { readonly slot: number; readonly text: string }) {
        state.texts[slot] = nodeid === 2 && outside.wrong !== '' ? outside.wrong : text
      },
    },
  })

type Slots = Replica<ReturnType<typeof makeMachine>>

const limits = { logBytesMax: 2 * mebibyte, retainedBytesMax: 2 * mebibyte }
const snapshotBytes = slots * textChars
/** At most what clients have under way, and what comes while a snapshot is stored. */
const meanwhileBytes = mebibyte

const folder = mkdtempSync(join(tmpdir(), 'quorate-disk-use-'))
process.once('exit', () => rmSync(folder, { recursive: true }))
const network = new MemoryNetwork({ nodes: [1, 2] })
let voter: Slots
let learner: Slots
let written = 0

async function open(nodeid: number, role: Role): Promise<Slots> {
  return openReplica({
    ...{ machine: makeMachine(nodeid), group: 'disk-use', voters: [1], role, limits, guard: false },
    transport: network.node(nodeid),
    storage: await openLmdbStorage({ path: join(folder, `node-${nodeid}`) }),
  })
}

/** Submits so many bytes of commands, some at a time. */
async function load(bytes: number): Promise<void> {
  for (const end = written + bytes / textChars; written < end; )
    await Promise.all(
      Array.from({ length: inFlight }, () => {
        const text = String(++written).padEnd(textChars, '.')
        return voter.submit.write({ slot: written % slots, text })
      }),
    )
}

const fileBytes = (nodeid: number): number => statSync(join(folder, `node-${nodeid}/storage/data.mdb`)).size

interface Kept {
  /** How often `retainedBytesMax`: twice where a joiner was given a snapshot. */
  readonly retentions?: number
  readonly asides?: number
}

/** The formula of docs/storage.md; an entry has some commands, and its overhead is nothing beside them. */
function boundBytes({ retentions = 1, asides = 0 }: Kept): number {
  const behind = Math.max(limits.logBytesMax, snapshotBytes)
  const log = retentions * limits.retainedBytesMax + behind + meanwhileBytes
  return 2 * (log + 3 * snapshotBytes + asides * (log + snapshotBytes)) + 96 * mebibyte
}

/** Under load, once all that is kept is there: no more than one step by which the file grows. */
async function assertSteady(nodeid: number, kept: Kept): Promise<void> {
  await load(10 * mebibyte)
  const before = fileBytes(nodeid)
  await load(20 * mebibyte)
  const after = fileBytes(nodeid)
  ok(after <= boundBytes(kept), `node ${nodeid}: ${after} bytes, and the bound is ${boundBytes(kept)}`)
  ok(after <= before + 4 * mebibyte, `node ${nodeid}: grown from ${before} to ${after} bytes`)
}

test('stays what it is, snapshot after snapshot', async () => {
  voter = await open(1, 'voter')
  await voter.ready()
  await assertSteady(1, {})
  ok((voter.status.stored?.snapshot ?? 0) > 0)
})

test('stays within its bound where a joiner keeps the log of its donor', async () => {
  learner = await open(2, 'learner')
  await learner.ready()
  await assertSteady(1, { retentions: 2 })
})

test('has what was set aside beside it, once', async () => {
  outside.wrong = 'not what the others have'
  await load(inFlight * textChars)
  outside.wrong = ''
  const diverged = learner.once('diverged')
  network.reform([1, 2])
  await diverged
  await waitUntil(() => learner.status.primary)
  await assertSteady(2, { asides: 1 })
})

test('the replicas end', async () => {
  await learner.close()
  await voter.close()
  const storage = await openLmdbStorage({ path: join(folder, 'node-2') })
  is((await storage.asides()).length, 1)
  await storage.close()
})

test.run()
