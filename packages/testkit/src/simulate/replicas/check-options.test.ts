// What `simulate` is called with: each mistake is an error at once that says what to change.

import { QuorateError } from '@quorate/core'
import { defineMachine } from '@quorate/core/simulation'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { denseFaults } from '../world/faults.ts'
import { simulate } from './simulate.ts'

const machine = defineMachine({
  name: 'counter',
  version: 1,
  initial: () => ({ value: 0 }),
  reducers: { add: (state, by: number) => (state.value += by) },
})

const client = () => {}

/** Callers without a type checker. */
const call = simulate as (machine: unknown, options?: unknown) => unknown

const refused = (run: () => unknown, says: RegExp): void =>
  assert.throws(
    run,
    (error: unknown) =>
      error instanceof QuorateError && error.code === 'BadOption' && says.test(error.message),
  )

const mistakes: readonly [option: Record<string, unknown>, says: RegExp][] = [
  [{ nodes: 0 }, /nodes must be a whole number from 1 on, and is 0/],
  [{ nodes: -1 }, /nodes must be .* and is -1/],
  [{ nodes: '3' }, /nodes must be .* and is '3'/],
  [{ learners: -1 }, /learners must be a whole number from 0 on/],
  [{ seed: 1.5 }, /seed must be .* and is 1\.5/],
  [{ seeds: 0 }, /seeds must be a whole number from 1 on/],
  [{ steps: -1 }, /steps must be/],
  [{ disks: 'no' }, /disks must be true or false, and is 'no'/],
  [{ node: 3 }, /there is no option node; there are: seed, .*nodes/],
  [{ client: undefined }, /client must be a function/],
  [{ invariant: 'none' }, /invariant must be a function/],
  [{ model: {} }, /model must be an object with initial and step/],
  [{ plan: { seed: 1 } }, /plan must be that of a SimulationFailure/],
  [{ plan: { seed: 1, steps: [0, '1'] } }, /plan\.steps\[1\] must be/],
  [{ faults: null }, /faults must be an object, and is null/],
  [{ faults: { foo: 1 } }, /there is no faults\.foo; there are: weights, /],
  [{ faults: { swarm: 1 } }, /faults\.swarm must be true or false/],
  [{ faults: { ghostOneIn: -1 } }, /faults\.ghostOneIn must be a whole number from 0 on/],
  [{ faults: { weights: { foo: 1 } } }, /there is no faults\.weights\.foo; there are: partition, /],
  [{ faults: { weights: { crash: -1 } } }, /faults\.weights\.crash must be/],
  [{ faults: { stepsPerFault: [30] } }, /faults\.stepsPerFault must be \[least, most\]/],
  [{ faults: { stepsPerFault: [30, 20] } }, /faults\.stepsPerFault must be \[least, most\]/],
  [{ faults: { stepUs: [] } }, /faults\.stepUs must be an array of numbers/],
  [{ faults: { queueMessagesMax: [0] } }, /faults\.queueMessagesMax\[0\] must be a whole number from 1 on/],
]

for (const [option, says] of mistakes)
  test(`refuses ${JSON.stringify(option)}`, () => refused(() => call(machine, { client, ...option }), says))

test('refuses what is no machine, and options that are none', () => {
  refused(() => call({}, { client }), /first argument must be a machine/)
  refused(() => call(machine), /it takes options; at least a client/)
})

test('refuses a command that the machine does not have as soon as a client submits it', () => {
  const run = () => call(machine, { client: ({ submit }: { submit(name: string): void }) => submit('nope') })
  refused(run, /the machine has no command 'nope': define a reducer of that name/)
})

test('takes all faults as they stand in denseFaults, and options that are left undefined', () => {
  const options = { client, steps: 50, nodes: 1, learners: 0, disks: undefined, plan: undefined }
  call(machine, { ...options, faults: denseFaults })
})

test.run()
