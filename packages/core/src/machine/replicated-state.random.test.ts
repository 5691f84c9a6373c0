// Random logs, applied by the replicated state, by a replica that is restored from snapshots on the way, and by the
// dumb twin: all agree after each entry. A failure names its seed; QUORATE_SEED=N plays that run alone.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { choiceFrom } from '../choice.test-support.ts'
import { Rejection } from '../errors.ts'
import type { Incarnation } from '../identity.ts'
import type { EntryBody } from '../log/entry.ts'
import type { Context } from './context.ts'
import { defineMachine } from './define-machine.ts'
import { DumbTwin, TwinRejection, type TwinSchedule, type TwinStep } from './dumb-twin.test-support.ts'
import { commands, incarnation, process, type Spoken, tick, view } from './machine.test-support.ts'
import type { CommandOutcome } from './outcome.ts'
import { ReplicatedState } from './replicated-state.ts'

const runs = 500
const entriesPerRun = 40
const sessionTimeoutMs = 60
const seedAlone = globalThis.process.env['QUORATE_SEED']

interface Box {
  n: number
  tags: string[]
}
interface State {
  total: number
  boxes: { [key: string]: Box }
  order: Map<string, number>
}

const initial = (): State => ({ total: 0, boxes: {}, order: new Map() })
const limit = 40

type Input = { readonly key: string; readonly by: number; readonly box: Box; readonly atMs: number }

/** The commands, once for both: what they change, and whether they fail after they have changed it. */
function bodies(reject: (code: string) => never): { readonly [name: string]: TwinStep<State> } {
  return {
    add(state, input) {
      const { by } = input as Input
      state.total += by
      if (state.total > limit) reject('too much')
      return state.total
    },
    put(state, input) {
      const { key, box } = input as Input
      state.boxes[key] = box
      state.order.set(key, (state.order.get(key) ?? 0) + 1)
      return box
    },
    grow(state, input) {
      const { key, by } = input as Input
      for (const box of Object.values(state.boxes)) box.n += by
      const box = state.boxes[key]
      if (box === undefined) return reject(`no ${key}`)
      box.tags.push(`${by}`)
      if (box.tags.length > 4) reject('full')
      return state.boxes
    },
    drop(state, input) {
      const { key } = input as Input
      state.order.delete(key)
      return delete state.boxes[key] && Object.keys(state.boxes)
    },
    later(state, input, schedule) {
      const { key, atMs } = input as Input
      state.total -= 1
      schedule(key, atMs, [key === 'a' ? 'later' : 'grow', { ...(input as Input), atMs: atMs + 30 }])
      schedule('b', atMs % 3 === 0 ? null : atMs, ['add', input])
      if (atMs % 5 === 0) reject('never')
      return null
    },
  }
}

const reject = (code: string): never => {
  throw new Rejection(code)
}
const twinReject = (code: string): never => {
  throw new TwinRejection(code)
}

const machine = defineMachine({
  name: 'random',
  version: 1,
  initial,
  reducers: Object.fromEntries(
    Object.entries(bodies(reject)).map(([name, step]) => [
      name,
      (state: State, input: unknown, ctx: Context) => step(state, input, scheduleBy(ctx)),
    ]),
  ),
  limits: () => ({ sessionTimeoutMs }),
})

function scheduleBy(ctx: Context): TwinSchedule {
  return (key, atMs, spoken) => {
    if (atMs === null || spoken === undefined) ctx.cancel(key)
    else ctx.schedule(key, atMs, spoken[0], spoken[1])
  }
}

/** Makes entries as origins, views and clocks might. */
class RandomLog {
  readonly #choose: (count: number) => number
  readonly #sent = new Map<number, number>()
  #timeMs = 100

  constructor(choose: (count: number) => number) {
    this.#choose = choose
  }

  next(sessions: readonly { origin: Incarnation; index: number }[]): [EntryBody, readonly Spoken[]] {
    this.#timeMs += this.#choose(20) - 4
    const kind = this.#choose(8)
    if (kind === 0 || sessions.length === 0) return [this.#view(), []]
    if (kind === 1) return [tick(this.#timeMs), []]
    const session = sessions[this.#choose(sessions.length)] as { origin: Incarnation; index: number }
    return this.#commands(session.origin, session.index - (this.#choose(12) === 0 ? 1 : 0))
  }

  /** Nodes 1 to 3, each there or not, in its first or second life. */
  #view(): EntryBody {
    const there = [1, 2, 3]
      .filter(() => this.#choose(3) > 0)
      .map((node) => process(node, node + 10 * this.#choose(2)))
    const silent = there.filter(() => this.#choose(4) === 0)
    const participants = there.filter((member) => !silent.includes(member))
    return view({ participants, bystanders: silent, timeMs: this.#timeMs })
  }

  /** Mostly the next numbers; now and then a repeat, a gap, or a higher lowest. */
  #commands(origin: Incarnation, session: number): [EntryBody, readonly Spoken[]] {
    const spoken = Array.from({ length: 1 + this.#choose(9) }, () => this.#spoken())
    const sent = this.#sent.get(origin) ?? 0
    const first = Math.max(1, sent + 1 - this.#choose(3) + (this.#choose(10) === 0 ? 1 : 0))
    const lowest = this.#choose(4) === 0 ? Math.max(1, sent - this.#choose(4)) : 1
    this.#sent.set(origin, Math.max(sent, first + spoken.length - 1))
    return [commands(spoken, { origin, session, first, lowest, timeMs: this.#timeMs }), spoken]
  }

  #spoken(): Spoken {
    const name = ['add', 'add', 'put', 'put', 'grow', 'grow', 'drop', 'later'][this.#choose(8)] as string
    const box = { n: this.#choose(5), tags: [] }
    const key = 'abc'[this.#choose(3)] as string
    return [name, { key, by: 1 + this.#choose(5), box, atMs: this.#timeMs + this.#choose(40) }]
  }
}

function told(outcome: CommandOutcome): string {
  const { number, type } = outcome
  if (type === 'result') return `${number} result ${JSON.stringify(outcome.result)}`
  return type === 'rejected' ? `${number} rejected ${outcome.rejection.code}` : `${number} ${type}`
}

const seen = new Map<string, number>()

function count(events: readonly string[]): void {
  for (const event of events) {
    const kind = event.split(' ')[1] as string
    seen.set(kind, (seen.get(kind) ?? 0) + 1)
  }
}

function play(seed: number): void {
  const choose = choiceFrom(seed)
  const log = new RandomLog(choose)
  const replica = new ReplicatedState(machine)
  let follower = new ReplicatedState(machine)
  const twin = new DumbTwin(initial(), bodies(twinReject), sessionTimeoutMs)
  for (let index = 1; index <= entriesPerRun; index++) {
    const [body, spoken] = log.next(twin.sessions)
    const own = body.type === 'commands' ? body.origin : incarnation(1)
    const outcomes = replica.apply(index, body, own).outcomes.map(told)
    follower.apply(index, body, incarnation(99))
    const where = `seed ${seed}, entry ${index}`
    assert.equal(outcomes, twin.apply(index, body, spoken), where)
    assert.equal(replica.state, twin.state, where)
    compareRest(replica, twin, where)
    assert.is(follower.digest(), replica.digest(), where)
    if (choose(10) === 0) follower = restored(follower)
    count(outcomes)
  }
}

function compareRest(replica: ReplicatedState<State>, twin: DumbTwin<State>, where: string): void {
  const timersMs = twin.timers.map(({ atMs }) => atMs)
  assert.is(replica.nextTimerMs, timersMs.length === 0 ? null : Math.min(...timersMs), where)
  assert.is(replica.timeMs, twin.timeMs, where)
  for (const nodeid of [1, 2, 3, 11, 12, 13]) {
    const session = twin.sessions.find(({ origin }) => origin === nodeid)
    assert.is(replica.session(incarnation(nodeid)), session?.index ?? 0, where)
  }
}

function restored(replica: ReplicatedState<State>): ReplicatedState<State> {
  const again = new ReplicatedState(machine)
  again.restore(replica.snapshot())
  return again
}

test('random logs give what the dumb twin gives, also across snapshots', () => {
  const seeds =
    seedAlone === undefined ? Array.from({ length: runs }, (_, seed) => seed) : [Number(seedAlone)]
  for (const seed of seeds) play(seed)
})

test('the random logs had everything in them', () => {
  if (seedAlone !== undefined) return
  for (const kind of ['result', 'rejected', 'expired', 'passed-over', 'ignored'])
    assert.ok((seen.get(kind) ?? 0) > 100, `${kind}: ${seen.get(kind)}`)
})

test.run()
