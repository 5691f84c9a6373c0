// A machine by itself: its commands applied one after the other, at once, on a clock that the test sets. What surrounds
// it is what surrounds it in a replica: the guard, undo, timers, membership.

import type { Machine as AnyMachine, StateOf } from '@quorate/core'
import { encodeCommand, type Incarnation, type Machine, ReplicatedState } from '@quorate/core/simulation'

type EntryBody = Parameters<ReplicatedState['apply']>[1]

/** As a reducer's command is submitted, without the promise. */
export type StagedCommands<M> =
  M extends AnyMachine<infer _State, infer CommandTypes>
    ? { readonly [Name in keyof CommandTypes]: CommandTypes[Name] }
    : never

export interface MachineStageOptions {
  /** Cluster time at first, milliseconds since 1970. Default: the beginning of 2026. */
  readonly startMs?: number
  /** Who is a member at first. Default: 1. */
  readonly nodeids?: readonly number[]
}

const startMsDefault = Date.UTC(2026, 0, 1)

/**
 * Runs a machine without a group, for tests of its rules: fast, and without a promise.
 *
 * ```ts
 * import { defineMachine } from '@quorate/core'
 * import { MachineStage } from '@quorate/testkit'
 *
 * const counter = defineMachine({
 *   name: 'counter',
 *   version: 1,
 *   initial: () => ({ value: 0 }),
 *   reducers: {
 *     add: (state, by: number) => (state.value += by),
 *     addLater: (_state, by: number, { now, schedule }) => schedule('later', now + 1000, 'add', by),
 *   },
 * })
 * const stage = new MachineStage(counter)
 * stage.submit.add(5)
 * stage.submit.addLater(1)
 * stage.advance(1000)
 * console.log(stage.state.value) // 6
 * ```
 */
export class MachineStage<M extends AnyMachine> {
  /** Applies a command of the first member; throws what it was rejected with. */
  readonly submit: StagedCommands<M>
  readonly #version: number
  readonly #state: ReplicatedState<StateOf<M>>
  #nowMs: number
  /** The last number of each session. */
  readonly #numbers = new Map<number, number>()
  #events: unknown[] = []
  #views = 0

  constructor(machine: M, { startMs = startMsDefault, nodeids = [1] }: MachineStageOptions = {}) {
    this.#state = new ReplicatedState(machine as Machine) as ReplicatedState<StateOf<M>>
    this.#nowMs = startMs
    this.#version = machine.version
    this.submit = this.from(nodeids[0] as number)
    this.setMembers(nodeids)
  }

  /** Frozen, as readers see it. */
  get state(): StateOf<M> {
    return this.#state.state
  }

  /** Cluster time, milliseconds since 1970. */
  get nowMs(): number {
    return this.#nowMs
  }

  /** 53 bits; equal for equal states. */
  digest(): number {
    return this.#state.digest()
  }

  /** What was emitted since it was asked for last. */
  takeEvents(): unknown[] {
    return this.#events.splice(0)
  }

  /** Commands that another member submits. */
  from(nodeid: number): StagedCommands<M> {
    return new Proxy({} as never, {
      get: (_, name) => (input: unknown) => this.#submit(nodeid, String(name), input),
    })
  }

  /** Who is there from now on: one process on each node. */
  setMembers(nodeids: readonly number[]): void {
    this.#views += 1
    const members = nodeids.map((nodeid) => ({ nodeid, pid: nodeid, incarnation: incarnationOf(nodeid) }))
    this.#apply({
      type: 'view',
      ballot: {
        number: this.#views,
        nodeid: nodeids[0] as number,
        incarnation: incarnationOf(nodeids[0] as number),
      },
      participants: members.map((member) => ({ ...member, role: 'voter', memory: 0 })),
      members,
      versions: { protocol: 1, machine: this.#version },
      timeMs: this.#nowMs,
    })
  }

  /** Lets time pass: every timer runs at its own time. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (
      let next = this.#state.nextTimerMs;
      next !== null && next <= untilMs;
      next = this.#state.nextTimerMs
    ) {
      this.#nowMs = Math.max(this.#nowMs, next)
      this.#apply({ type: 'tick', timeMs: this.#nowMs })
    }
    this.#nowMs = untilMs
  }

  #submit(nodeid: number, name: string, input: unknown): unknown {
    const origin = incarnationOf(nodeid)
    const session = this.#state.session(origin)
    const number = (this.#numbers.get(session) ?? 0) + 1
    const commands = encodeCommand(name, input)
    this.#numbers.set(session, number)
    const { outcomes } = this.#apply(
      {
        type: 'commands',
        origin,
        session,
        first: number,
        count: 1,
        lowest: number,
        timeMs: this.#nowMs,
        commands,
      },
      origin,
    )
    const [outcome] = outcomes
    if (outcome?.type === 'result') return outcome.result
    if (outcome?.type === 'rejected') throw outcome.rejection
    throw new Error(`Node ${nodeid} is no member, and cannot submit: ${outcome?.type}`)
  }

  #apply(body: EntryBody, own: Incarnation = 0 as Incarnation) {
    const applied = this.#state.apply(this.#state.index + 1, body, own)
    this.#events.push(...applied.events)
    return applied
  }
}

const incarnationOf = (nodeid: number): Incarnation => (nodeid + 1_000_000) as Incarnation
