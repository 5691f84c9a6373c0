// deadline: 600 s
// Random logs over tables, applied by the replicated state, by replicas that are restored from snapshots whose slices are
// taken while entries go on, and by the dumb twin on Maps: all agree after each entry, and whoever kept a state finds it
// as it was. A failure names its seed; QUORATE_SEED=N plays that run alone.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { choiceFrom } from '../../choice.test-support.ts'
import { Rejection } from '../../errors.ts'
import type { EntryBody } from '../../log/entry.ts'
import type { Context } from '../context.ts'
import type { SliceEncoder } from '../data/slice-encoder.ts'
import { defineMachine } from '../define-machine.ts'
import { DumbTwin, TwinRejection, type TwinSchedule, type TwinStep } from '../dumb-twin.test-support.ts'
import {
  commands,
  errorOf,
  incarnation,
  process as member,
  type Spoken,
  tick,
  view,
} from '../machine.test-support.ts'
import type { CommandOutcome } from '../outcome.ts'
import { ReplicatedState, snapshotDecoder } from '../replicated-state.ts'
import { Table } from './table.ts'
import { type Rows, TwinRows } from './table-twin.test-support.ts'

const test = suite('tables, at random')

const runs = 50
const entriesPerRun = 70
const seedAlone = globalThis.process.env['QUORATE_SEED']
const one = incarnation(1)

/** What stands in the rows: of every kind now and then. */
type Value = { n: number; tags: unknown[] } | number | string | undefined
interface Parts<Of> {
  total: number
  left: Of
  right: Of
}
type State = Parts<Table<Value>>
type TwinState = Parts<Map<string, Value>>

interface Input {
  readonly side: 'left' | 'right'
  readonly key: string
  readonly other: string
  readonly value: Value
  readonly count: number
  readonly reverse: boolean
  readonly atMs: number
}

type Body = (state: Parts<Rows<Value>>, input: Input, reject: () => never, schedule: TwinSchedule) => unknown

/** The commands, once for both. Whether they reject is known when they have written. */
const bodies: { readonly [name: string]: Body } = {
  put(state, { side, key, value }, reject) {
    state.total += 1
    state[side].set(key, value)
    if (state.total % 7 === 0) reject()
    return state[side].size
  },
  take(state, { side, key }, reject) {
    state.total -= 1
    return state[side].delete(key) || reject()
  },
  fill(state, { side, key, count, value }, reject) {
    for (let at = 0; at < count * 4; at++)
      state[side].set(`${key}${(at * 37) % 101}`, at % 5 === 0 ? value : at)
    if (count % 6 === 0) reject()
    return state[side].size
  },
  /** Deletes and puts while it goes over. */
  drain(state, { side, key, other, reverse, count }, reject) {
    const seen: string[] = []
    const rows = state[side]
    for (const [at] of rows.range({ from: key, reverse, limit: count * 9 })) {
      seen.push(at)
      rows.delete(at)
      rows.delete(`${at}0`)
      rows.set(`${at}!`, count)
    }
    for (const [at] of rows.prefix(other, { reverse: !reverse, limit: count })) rows.delete(at)
    if (count % 5 === 0) reject()
    return seen
  },
  grow(state, { side, key, other, count }, reject) {
    const grown = state[side].update(key, (value) => {
      if (typeof value !== 'object') return count
      value.n += count
      value.tags.push(count)
      return undefined
    })
    state[side].update(other, () => 'grown')
    if (count % 4 === 0) reject()
    return grown
  },
  swap(state, { key, other }, reject) {
    const [a, b] = [state.left.get(key), state.right.get(other)]
    state.left.set(key, b)
    state.right.set(other, a)
    return state.left.has(other) ? reject() : [a, b]
  },
  /** Clears before and after it writes, or what is cleared already; what iterates meanwhile goes on. */
  renew(state, { side, key, other, count, value }, reject) {
    const rows = state[side]
    const before = rows.range({ limit: count })
    rows.set(key, value)
    rows.clear()
    for (let at = 0; at < count % 3; at++) rows.set(`${other}${at}`, at)
    if (count % 6 === 0) rows.clear()
    rows.set(key, value)
    rows.delete(other)
    if (count < 12) reject()
    return [[...before], rows.size]
  },
  look(state, { side, key, other, reverse, count }) {
    const rows = state[side]
    const within = [...rows.range({ from: key, below: other, reverse })]
    return [
      within,
      [...rows.prefix(key, { limit: count })],
      rows.toJSON(),
      rows.first(),
      rows.last(),
      rows.size,
      rows.has(key),
    ]
  },
  later(state, input, reject, schedule) {
    state.left.set(input.key, 'scheduled')
    const name = Object.keys(bodies)[input.count % 6] as string
    schedule(input.key, input.atMs, [name, { ...input, atMs: input.atMs + 30 }])
    if (input.count % 3 === 0) reject()
  },
}

const reducers = Object.fromEntries(
  Object.entries(bodies).map(([name, body]) => [
    name,
    (state: State, input: Input, ctx: Context) =>
      body(state as unknown as Parts<Rows<Value>>, input, rejected, scheduleBy(ctx)),
  ]),
)

const machine = defineMachine({
  name: 'random-tables',
  version: 1,
  initial: (): State => ({ left: new Table(), total: 0, right: new Table([['m', 1]]) }),
  reducers: {
    ...reducers,
    crash(state: State, input: Input) {
      state.left.set(input.key, 'crash')
      state.right.delete(input.other)
      throw new TypeError('a bug')
    },
  },
})

const steps: { readonly [name: string]: TwinStep<TwinState> } = Object.fromEntries(
  Object.entries(bodies).map(([name, body]) => [
    name,
    (state: TwinState, input: unknown, schedule: TwinSchedule) => {
      const parts = { total: state.total, left: new TwinRows(state.left), right: new TwinRows(state.right) }
      try {
        return body(parts, input as Input, twinRejected, schedule)
      } finally {
        state.total = parts.total
      }
    },
  ]),
)

function rejected(): never {
  throw new Rejection('no')
}
function twinRejected(): never {
  throw new TwinRejection('no')
}

function scheduleBy(ctx: Context): TwinSchedule {
  return (key, atMs, spoken) => {
    if (atMs !== null && spoken !== undefined) ctx.schedule(key, atMs, spoken[0], spoken[1])
  }
}

const letters = ['', 'a', 'b', 'm', 'é', '\ud800', '\uffff', '😀', 'Z']

class RandomLog {
  readonly #choose: (count: number) => number
  #number = 1
  #timeMs = 100

  constructor(choose: (count: number) => number) {
    this.#choose = choose
  }

  next(): [EntryBody, readonly Spoken[]] {
    this.#timeMs += this.#choose(15)
    if (this.#choose(8) === 0) return [tick(this.#timeMs), []]
    const spoken = Array.from({ length: 1 + this.#choose(9) }, () => this.spoken())
    return [this.commands(spoken, spoken.length), spoken]
  }

  commands(spoken: readonly Spoken[], numbers: number): EntryBody {
    const first = this.#number
    this.#number += numbers
    return commands(spoken, { first, lowest: first, timeMs: this.#timeMs })
  }

  spoken(): Spoken {
    const names = Object.keys(bodies)
    return [names[this.#choose(names.length)] as string, this.input()]
  }

  input(): Input {
    const choose = this.#choose
    const key = () => `${letters[choose(letters.length)]}${letters[choose(letters.length)]}`
    return {
      side: choose(2) === 0 ? 'left' : 'right',
      ...{ key: key(), other: key(), value: this.#value(), count: 1 + choose(12), reverse: choose(2) === 0 },
      atMs: this.#timeMs + choose(40),
    }
  }

  #value(): Value {
    const kind = this.#choose(5)
    if (kind < 2) return [undefined, 'x'.repeat(this.#choose(40))][kind]
    return {
      n: this.#choose(3),
      tags: [new Date(this.#choose(9)), Uint8Array.of(kind), new Map([[kind, 'item']])],
    }
  }
}
function told(outcome: CommandOutcome): string {
  const { number, type } = outcome
  if (type === 'result') return `${number} result ${JSON.stringify(outcome.result)}`
  return type === 'rejected' ? `${number} rejected ${outcome.rejection.code}` : `${number} ${type}`
}

/** As the twin has it: the Map's entries in order. */
function plain({ total, left, right }: State): unknown {
  return { total, left: [...left], right: [...right] }
}
function plainTwin({ total, left, right }: TwinState): unknown {
  return { total, left: [...new TwinRows(left).range()], right: [...new TwinRows(right).range()] }
}

/** A snapshot whose slices are taken while entries go on, and the entries since. */
interface Capture {
  readonly encoder: SliceEncoder
  readonly whole: Uint8Array
  readonly decoder: ReturnType<typeof snapshotDecoder>
  readonly slices: Uint8Array[]
  readonly since: [number, EntryBody][]
}

const seen = { results: 0, rejections: 0, restored: 0, crashes: 0, entriesMax: 0 }

class Run {
  readonly #choose: (count: number) => number
  readonly #log: RandomLog
  readonly #replica = new ReplicatedState<State>(machine)
  readonly #twin = new DumbTwin<TwinState>(
    { total: 0, left: new Map(), right: new Map([['m', 1]]) },
    steps,
    60_000,
  )
  readonly #kept: { readonly state: State; readonly before: unknown }[] = []
  #follower = new ReplicatedState<State>(machine)
  #capture: Capture | null = null
  #where = ''

  constructor(seed: number) {
    this.#choose = choiceFrom(seed)
    this.#log = new RandomLog(this.#choose)
    this.#where = `seed ${seed}`
  }

  play(): void {
    const begin = this.#where
    this.#apply(1, view({ participants: [member(1)], timeMs: 100 }), [])
    for (let index = 2; index <= entriesPerRun; index++) {
      this.#where = `${begin}, entry ${index}`
      if (this.#choose(10) === 0) this.#crash(index)
      const [body, spoken] = this.#log.next()
      this.#apply(index, body, spoken)
      this.#goOn(index, body)
    }
    for (const { state, before } of this.#kept) assert.equal(plain(state), before, this.#where)
  }

  #apply(index: number, body: EntryBody, spoken: readonly Spoken[]): void {
    const before = this.#replica.state
    const { outcomes, changed } = this.#replica.apply(index, body, one)
    assert.equal(outcomes.map(told), this.#twin.apply(index, body, spoken), this.#where)
    assert.equal(plain(this.#replica.state), plainTwin(this.#twin.state), this.#where)
    if (!changed) assert.is(this.#replica.state, before, this.#where)
    this.#follower.apply(index, body, incarnation(99))
    assert.is(this.#follower.digest(), this.#replica.digest(), this.#where)
    for (const { type } of outcomes) seen[type === 'result' ? 'results' : 'rejections'] += 1
    seen.entriesMax = Math.max(seen.entriesMax, this.#replica.state.left.size)
  }

  /** What an entry did before its bug is taken back, by timers too. */
  #crash(index: number): void {
    const before = this.#replica.snapshot()
    const [digest, state] = [this.#replica.digest(), this.#replica.state]
    const spoken = [this.#log.spoken(), this.#log.spoken(), ['crash', this.#log.input()] as const]
    const body = this.#log.commands(spoken, 0)
    assert.is(errorOf(() => this.#replica.apply(index, body, one)).code, 'MachineFailed', this.#where)
    assert.is(this.#replica.digest(), digest, this.#where)
    assert.is(this.#replica.state, state, this.#where)
    assert.ok(Buffer.from(before).equals(this.#replica.snapshot()), this.#where)
    seen.crashes += 1
  }

  #goOn(index: number, body: EntryBody): void {
    if (this.#choose(8) === 0)
      this.#kept.push({ state: this.#replica.state, before: plain(this.#replica.state) })
    if (this.#capture === null) this.#begin()
    else this.#continue(this.#capture, index, body)
  }

  #begin(): void {
    if (this.#choose(3) > 0) return
    const encoder = this.#replica.captureSnapshot()
    const whole = this.#choose(2) === 0 ? this.#replica.snapshot() : new Uint8Array(0)
    this.#capture = { encoder, whole, decoder: snapshotDecoder(), slices: [], since: [] }
  }

  #continue(capture: Capture, index: number, body: EntryBody): void {
    const { encoder, whole, decoder, slices, since } = capture
    since.push([index, body])
    for (let left = 1 + this.#choose(4); left > 0; left--) {
      const { bytes, isLast } = encoder.next(1 + this.#choose(1500))
      slices.push(bytes)
      decoder.add(bytes)
      if (!isLast) continue
      if (whole.length > 0) assert.ok(Buffer.concat(slices).equals(whole), this.#where)
      this.#follow(decoder, since)
      this.#capture = null
      return
    }
  }

  /** From the snapshot on, the entries since. */
  #follow(decoder: Capture['decoder'], since: Capture['since']): void {
    this.#follower = new ReplicatedState<State>(machine)
    this.#follower.restoreFrom(decoder)
    for (const [index, body] of since) this.#follower.apply(index, body, incarnation(99))
    assert.is(this.#follower.digest(), this.#replica.digest(), this.#where)
    assert.equal(plain(this.#follower.state), plain(this.#replica.state), this.#where)
    seen.restored += 1
  }
}

test('random logs give what the dumb twin gives, also across snapshots that take their time', () => {
  const seeds =
    seedAlone === undefined ? Array.from({ length: runs }, (_, seed) => seed) : [Number(seedAlone)]
  for (const seed of seeds) new Run(seed).play()
})

test('the random logs had everything in them', () => {
  if (seedAlone !== undefined) return
  assert.ok(seen.results > 4000 && seen.rejections > 2000, JSON.stringify(seen))
  assert.ok(seen.restored > 100 && seen.crashes > 100 && seen.entriesMax > 500, JSON.stringify(seen))
})

test.run()
