// What was committed before a restart is applied before the group is joined, without holding up the event loop, and the
// replica then stands as if it had applied it as a member.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defineMachine } from '../machine/define-machine.ts'
import { ReplicatedState } from '../machine/replicated-state.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { MemoryDisk } from '../memory/memory-storage.ts'
import type { Clock } from '../ports/clock.ts'
import type { Stored } from '../ports/storage.ts'
import type { Transport } from '../ports/transport.ts'
import { openReplica } from './open-replica.ts'
import { restorable } from './owned-storage.ts'
import type { Restorable } from './ports.ts'
import { replay } from './replay.ts'
import { systemClock } from './system-clock.ts'

const test = suite('replay')

/** Commands that were run, by whichever replica. */
let run = 0

const machine = defineMachine({
  name: 'replayed',
  version: 1,
  initial: () => ({ value: 0 }),
  reducers: {
    add(state, by: number, { emit }) {
      run += 1
      state.value += by
      emit(state.value)
    },
  },
})

const network = (): Transport => new MemoryNetwork({ nodes: [1] }).node(1)

/** Alone in its group; each command is an entry. */
const open = (disk: MemoryDisk, transport: Transport) =>
  openReplica({
    ...{ machine, group: 'replay', voters: [1], limits: { batchCommandsMax: 1 } },
    ...{ transport, storage: disk.open() },
  })

/** On which so many commands are known to be committed, and one more is there. */
async function usedDisk(commands: number): Promise<MemoryDisk> {
  const disk = new MemoryDisk()
  await using replica = await open(disk, network())
  await Promise.all(Array.from({ length: commands }, () => replica.submit.add(1)))
  await replica.submit.add(1)
  return disk
}

async function restorableOf(disk: MemoryDisk): Promise<Restorable> {
  return restorable((await disk.open().load()) as Stored)
}

/** How many turns of the event loop begin until `work` ends. */
async function turnsDuring(work: Promise<unknown>): Promise<number> {
  let [turns, ended] = [0, false]
  const count = (): void => {
    turns += 1
    if (!ended) setImmediate(count)
  }
  setImmediate(count)
  await work
  ended = true
  return turns
}

test('all that is known to be committed is applied when the group is joined', async () => {
  const disk = await usedDisk(50)
  const transport = network()
  let runAtJoin = 0
  run = 0
  await using replica = await open(disk, {
    nodeid: () => transport.nodeid(),
    join(group, listener) {
      runAtJoin = run
      return transport.join(group, listener)
    },
  })
  assert.ok(runAtJoin >= 50, `${runAtJoin} commands were run`)
  assert.is(await replica.read(({ value }) => value), 51)
  assert.is(run, 51)
})

test('other work of the process goes on, as often as the time asks for it', async () => {
  const stored = await restorableOf(await usedDisk(200))
  let nowMs = 0
  const slow: Clock = { ...systemClock, monotonicMs: () => ++nowMs }
  const turns = await turnsDuring(replay(new ReplicatedState(machine), stored, slow))
  assert.ok(turns >= 200 / 12, `${turns} turns`)
  const quick: Clock = { ...systemClock, monotonicMs: () => 0 }
  assert.ok((await turnsDuring(replay(new ReplicatedState(machine), stored, quick))) <= 2)
})

test('what is not known to be committed is not applied; digests are those of a member', async () => {
  const stored = await restorableOf(await usedDisk(20))
  const { entries } = stored
  const commit = stored.record.commit - 5
  const state = new ReplicatedState(machine)
  const { bytes, digests } = await replay(
    state,
    { ...stored, record: { ...stored.record, commit } },
    systemClock,
  )
  assert.is(state.index, commit)
  assert.is(
    bytes,
    entries.slice(0, commit).reduce((sum, { payload }) => sum + payload.length, 0),
  )
  const views = entries.flatMap(({ body }, place) => (body.type === 'view' ? [place + 1] : []))
  assert.equal(
    digests.map(({ index }) => index),
    views,
  )
})

test('it ends when the signal fires, and the storage is given back', async () => {
  const disk = await usedDisk(50)
  const { signal, abort } = abortable()
  let nowMs = 0
  const clock: Clock = { ...systemClock, monotonicMs: () => (nowMs += 4) }
  run = 0
  setImmediate(abort)
  const storage = disk.open()
  const options = { machine, group: 'replay', voters: [1], transport: network(), storage, clock, signal }
  const said = await openReplica(options).then(() => 'opened', String)
  assert.match(said, /signal fired while what is stored was applied/)
  assert.ok(run < 50, `${run} commands were run`)
  await using again = await open(disk, network())
  assert.is(await again.read(({ value }) => value), 51)
})

function abortable(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}

test('its log counts, and readers of events hear only of what is new', async () => {
  const disk = await usedDisk(30)
  await using replica = await open(disk, network())
  assert.ok((replica.status.stored?.logBytes ?? 0) > 30 * 10)
  await replica.ready()
  const events = replica.events()
  await replica.submit.add(9)
  assert.equal((await events.next()).value?.event, 40)
})

test.run()
