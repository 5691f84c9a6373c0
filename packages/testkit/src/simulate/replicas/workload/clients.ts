// The clients of a user's machine: what they do is the user's, what they were answered makes a history.

import type { Machine } from '@quorate/core/simulation'
import { checkLinearizable } from '../../../checker/check-linearizable.ts'
import type { Model } from '../../../checker/model.ts'
import { type Operation, type UnknownOutput, unknownOutput } from '../../../checker/operation.ts'
import type { Random } from '../../world/random.ts'
import type { Replica } from '../replica.ts'
import type { Outcome } from '../requests.ts'
import { Violation } from '../violation.ts'
import type { Workload } from './workload.ts'

/** What a client of the history did. */
export type SimulatedInput =
  | { readonly command: string; readonly input: unknown }
  /** Named as the client has named it. */
  | { readonly read: string }

/** The output of a command that the machine has rejected. */
export interface Rejected {
  readonly rejected: string
}

export type SimulatedModel = Model<
  // biome-ignore lint/suspicious/noExplicitAny: the model's own business
  any,
  SimulatedInput,
  unknown
>

type Input<Command> = Command extends (...input: infer Inputs) => unknown ? Inputs : never

/** The clients of one replica, for one moment. */
export interface SimulatedClient<State, Commands> {
  readonly nodeid: number
  /** Draw from this only, so that the seed says what happens. */
  readonly random: Pick<Random, 'below' | 'oneIn' | 'pick'>
  /** Commands and reads of this replica that have no answer yet. */
  readonly waiting: number
  /** As `replica.submit`; the answer goes into the history. */
  submit<Name extends keyof Commands & string>(name: Name, ...input: Input<Commands[Name]>): void
  /** A linearizable read; `name` tells the model what was read. */
  read(name: string, select: (state: State) => unknown): void
}

/** A replica as the caller's invariant sees it. */
export interface SimulatedReplica<State> {
  readonly nodeid: number
  /** The entry that was applied last. */
  readonly index: number
  readonly state: State
}

export interface ClientOptions<State, Commands> {
  readonly client: (client: SimulatedClient<State, Commands>) => void
  readonly invariant?: (replicas: readonly SimulatedReplica<State>[]) => string | undefined
  readonly model?: SimulatedModel
}

export class ClientsWorkload<State, Commands> implements Workload {
  readonly #options: ClientOptions<State, Commands>
  readonly #history: Operation<SimulatedInput, unknown>[] = []
  #instant = 0
  #applied = 0

  constructor(_: Machine<State, Commands>, options: ClientOptions<State, Commands>) {
    this.#options = options
  }

  act(replica: Replica, random: Random): void {
    if (!replica.isStarted) return
    const { nodeid, requests, loop } = replica
    this.#options.client({
      nodeid,
      random,
      waiting: requests.count,
      submit: (name, ...[input]) => {
        const answer = this.#invoke(nodeid, { command: name, input })
        requests.submit(name, input, (outcome) => answer(outputOf(outcome)))
      },
      read: (name, select) => {
        const answer = this.#invoke(nodeid, { read: name })
        requests.read(() => answer(select(loop.state.state as State)))
      },
    })
  }

  ask(replica: Replica): void {
    replica.requests.read(() => {})
  }

  emitted(): void {}

  /** The caller's invariant, whenever something was applied. */
  look(replicas: Iterable<Replica>): void {
    const { invariant } = this.#options
    if (invariant === undefined) return
    const seen = [...replicas].map(({ nodeid, loop: { state } }) => ({
      nodeid,
      index: state.index,
      state: state.state as State,
    }))
    const applied = seen.reduce((sum, { index }) => sum + index, 0)
    if (applied === this.#applied) return
    this.#applied = applied
    const violation = invariant(seen)
    if (violation !== undefined) throw new Violation('own', violation)
  }

  finish(): void {
    const { model } = this.#options
    if (model === undefined) return
    const result = checkLinearizable(this.#history, model)
    if (result.verdict === 'violation') throw new Violation('I6', `not linearizable\n${result.explanation}`)
  }

  #invoke(client: number, input: SimulatedInput): (output: unknown) => void {
    const invokedAt = ++this.#instant
    const place = this.#history.push({ client, input, output: unknownOutput, invokedAt }) - 1
    return (output) => {
      if (output === unknownOutput) return
      this.#history[place] = { client, input, output, invokedAt, returnedAt: ++this.#instant }
    }
  }
}

function outputOf(outcome: Outcome): unknown | UnknownOutput {
  if (outcome.type === 'result') return outcome.result
  if (outcome.type === 'rejected') return { rejected: outcome.rejection.message } satisfies Rejected
  return unknownOutput
}
