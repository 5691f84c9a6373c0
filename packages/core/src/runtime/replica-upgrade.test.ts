// A rolling upgrade: programs of two versions in one group.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { QuorateError } from '../errors.ts'
import { defineMachine } from '../machine/define-machine.ts'
import type { Machine } from '../machine/machine.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { until } from './cluster.test-support.ts'
import { openReplica } from './open-replica.ts'
import type { Replica } from './replica.ts'

const test = suite('upgrade')

const initial = () => ({ value: 0 })
const add = (state: { value: number }, by: number): number => {
  state.value += by
  return state.value
}
const older = defineMachine({ name: 'tally', version: 1, initial, reducers: { add } })
const newer = defineMachine({
  name: 'tally',
  version: 2,
  minimumVersion: 1,
  initial,
  reducers: {
    add,
    double(state) {
      state.value *= 2
      return state.value
    },
  },
  since: { double: 2 },
  migrate: () => undefined,
})

const nodes = [1, 2, 3]

async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.catch((thrown: unknown) => thrown)
  assert.instance(error, QuorateError)
  const { code, outcome, message } = error as QuorateError
  return `${code}, ${outcome}: ${message}`
}

test('a command that only new programs have waits for the version that brought it, and ends nobody', async () => {
  const network = new MemoryNetwork({ nodes })
  const open = <M extends Machine>(machine: M, nodeid: number): Promise<Replica<M>> =>
    openReplica({ machine, group: 'tally', transport: network.node(nodeid), voters: nodes })
  const old = await Promise.all([open(older, 2), open(older, 3)])
  const upgraded = await open(newer, 1)
  assert.match(await refusal(upgraded.submit.double()), /VersionTooOld, unapplied: .* is not known yet/)
  await upgraded.submit.add(4)
  assert.match(
    await refusal(upgraded.submit.double()),
    /^VersionTooOld, unapplied: The command 'double' came with version 2 of machine 'tally', and the group runs version 1/,
  )
  assert.equal(await Promise.all(old.map((replica) => replica.read(({ value }) => value))), [4, 4])
  const others: Replica<typeof newer>[] = []
  for (const [place, replica] of old.entries()) {
    await replica.close()
    others.push(await open(newer, place + 2))
    await others[place]?.ready()
  }
  await until(() => upgraded.status.versions.machine === 2, 'all run version 2')
  assert.is(await upgraded.submit.double(), 8)
  for (const replica of others) assert.is(await replica.read(({ value }) => value), 8)
  await Promise.all([upgraded, ...others].map((replica) => replica.close()))
})

/** Begins every group with the newest state, and so nothing that it applies to it is what the others have. */
const newestState = () => ({ total: 0 })

test('an initial that ignores the version stops its replica, and the error speaks of it', async () => {
  const forgetful = defineMachine({
    name: 'tally',
    version: 2,
    minimumVersion: 1,
    initial: newestState,
    reducers: {
      add(state, by: number) {
        state.total += by
      },
    },
    migrate: () => undefined,
  })
  const network = new MemoryNetwork({ nodes })
  const options = { group: 'tally', voters: nodes }
  const old = await Promise.all(
    [2, 3].map((nodeid) => openReplica({ ...options, machine: older, transport: network.node(nodeid) })),
  )
  const [first] = old as [Replica<typeof older>]
  const upgraded = await openReplica({ ...options, machine: forgetful, transport: network.node(1) })
  const stopped = upgraded.once('stopped')
  await first.submit.add(1)
  network.reform(nodes)
  const { code, message } = (await stopped).error
  assert.is(code, 'Diverged')
  assert.match(
    message,
    /initial\(version\), .* of machine 'tally', .* of the version that it is given, 1 to 2,/,
  )
  assert.is(await first.submit.add(1), 2)
  await Promise.all([upgraded, ...old].map((replica) => replica.close()))
})

const wrong: readonly [what: string, since: Record<string, number>, said: RegExp][] = [
  ['a command that there is not', { halve: 2 }, /since names the command 'halve', which the machine has not/],
  ['a version that is still to come', { add: 3 }, /since\['add'\] must be from 1 to the machine's version 2/],
]

for (const [what, since, said] of wrong) {
  test(`since ${what} is refused`, () => {
    const define = () =>
      defineMachine({
        name: 'tally',
        version: 2,
        initial,
        reducers: { add },
        since: since as { add: number },
      })
    assert.throws(define, said)
  })
}

test.run()
