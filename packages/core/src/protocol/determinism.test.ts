// The same inputs at the same instants give the same outputs, byte for byte: what a random run has put into its engines
// is put into other ones.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encodeMessage } from '../wire/encode.ts'
import { Engine } from './engine.ts'
import { Ensemble } from './ensemble.test-support.ts'
import type { Input } from './input.ts'
import type { EngineOptions } from './options.ts'
import type { Output } from './output.ts'
import { Random } from './random.ts'

const test = suite('determinism')
const seeds = 40
const steps = 150

/** What one engine was made of and given, and what it answered. */
interface Recording {
  readonly options: EngineOptions
  readonly steps: { readonly input: Input; readonly nowMs: number; readonly outputs: string }[]
}

const text = (output: unknown): string =>
  JSON.stringify(output, (_, value) => (typeof value === 'bigint' ? `${value}` : value))

/** Messages as they go over the wire, the rest as it is. */
const encoded = (outputs: readonly Output[], { self }: EngineOptions): string =>
  outputs
    .map((output) => {
      if (output.type !== 'send') return text(output)
      const sender = { incarnation: self.incarnation, group: 0 }
      return Buffer.from(encodeMessage(sender, output.message)).toString('hex')
    })
    .join('\n')

/** A run of an ensemble in which views, losses, crashes, slow disks and commands come by chance. */
function record(seed: number): Recording[] {
  const recordings: Recording[] = []
  const random = new Random(seed)
  const pick = (count: number): number => Math.floor(random.fraction() * count)
  const ensemble = new Ensemble({ voters: [1, 2, 3], limits: { retainedEntriesMax: 3, chunkBytesMax: 80 } })
  ensemble.onStart = (options, engine) => {
    const recording: Recording = { options, steps: [] }
    recordings.push(recording)
    const step = engine.step.bind(engine)
    engine.step = (input, nowMs) => {
      const outputs = step(input, nowMs)
      recording.steps.push({ input, nowMs, outputs: encoded(outputs, options) })
      return outputs
    }
  }
  for (const id of [1, 2, 3, 4]) ensemble.start(id)
  ensemble.view([1, 2, 3, 4])
  ensemble.deliver()
  ensemble.lose = () => pick(40) === 0
  const actions: readonly (() => void)[] = [
    () => ensemble.submit(1 + pick(4), `word ${pick(1000)}`),
    () => ensemble.input(1 + pick(4), { type: 'read', read: pick(1000) }),
    () => ensemble.deliver(pick(20)),
    () => ensemble.pass(pick(300)),
    () => ensemble.sync(1 + pick(4)),
    () => {
      ensemble.actor(1 + pick(4)).slow = pick(3) === 0
    },
    () => ensemble.view(...split(pick)),
    () => {
      const id = 1 + pick(4)
      ensemble.start(id, {}, ensemble.crash(id))
      ensemble.view(...split(pick))
    },
  ]
  for (let i = 0; i < steps; i++) actions[pick(actions.length)]?.()
  return recordings
}

function split(pick: (count: number) => number): number[][] {
  const side = [1, 2, 3, 4].filter(() => pick(4) > 0)
  return [side, [1, 2, 3, 4].filter((id) => !side.includes(id))].filter((ids) => ids.length > 0)
}

function replay({ options, steps }: Recording): void {
  const engine = new Engine(options)
  engine.start()
  for (const { input, nowMs, outputs } of steps) {
    assert.is(encoded(engine.step(input, nowMs), options), outputs)
  }
}

test(`a replay of ${seeds} random runs says the same`, () => {
  let inputs = 0
  let adoptions = 0
  for (let seed = 1; seed <= seeds; seed++) {
    for (const recording of record(seed)) {
      replay(recording)
      inputs += recording.steps.length
      adoptions += recording.steps.filter(({ outputs }) => outputs.includes('"adopted"')).length
    }
  }
  assert.ok(inputs > 50_000, `only ${inputs} inputs`)
  assert.ok(adoptions > 1000, `only ${adoptions} adoptions`)
})

test.run()
