// The clients of a user's machine: what they do is the user's, what they were answered makes a history.

import type { Machine, ReplicatedState } from '@quorate/core/simulation'
import type { Model } from '../../../checker/model.ts'
import type { Random } from '../../world/random.ts'
import { bad } from '../check-options.ts'
import type { Group } from '../group.ts'
import { ObservedState } from '../observed-state.ts'
import type { Replica } from '../replica.ts'
import { Violation } from '../violation.ts'
import { ClientHistory } from './client-history.ts'
import type { CommandApplied, Workload } from './workload.ts'

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
  readonly #history: ClientHistory
  #applied = 0

  constructor(group: Group, options: ClientOptions<State, Commands>) {
    this.#options = options
    this.#history = new ClientHistory(group)
  }

  makeState(machine: Machine, applied: CommandApplied): ReplicatedState {
    return new ObservedState(machine, applied)
  }

  act(replica: Replica, random: Random): void {
    if (!replica.isStarted) return
    const { nodeid, requests, loop } = replica
    this.#options.client({
      nodeid,
      random,
      waiting: requests.count,
      submit: (name, ...[input]) => {
        if (!loop.state.hasCommand(name))
          bad(
            `the machine has no command '${name}': define a reducer of that name, or let the client submit another`,
          )
        this.#history.submit(replica, name, input)
      },
      read: (name, select) => this.#history.read(replica, name, select as (state: unknown) => unknown),
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
    const fault = model && this.#history.fault(model)
    if (fault !== undefined) throw new Violation('I6', `not what the model says\n${fault}`)
  }
}
