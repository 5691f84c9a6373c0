// What the clients of a run did and saw, and where in the log each of it took effect. So the order is known, and nothing
// has to be searched: real time is looked at when an operation is answered (I6), the model when the run has ended.

import type { Incarnation, Index } from '@quorate/core/simulation'
import { faultInOrder } from '../../../checker/check-order.ts'
import { type Operation, unknownOutput } from '../../../checker/operation.ts'
import type { Group } from '../group.ts'
import type { History } from '../invariants/history.ts'
import type { Replica } from '../replica.ts'
import type { Outcome, Submitted } from '../requests.ts'
import { Violation } from '../violation.ts'
import type { Rejected, SimulatedInput, SimulatedModel } from './clients.ts'

type Invoked = Pick<Operation<SimulatedInput, unknown>, 'client' | 'input' | 'invokedAt'>

interface Command {
  readonly origin: Incarnation
  readonly submitted: Submitted
  operation: Operation<SimulatedInput, unknown>
}

/** An operation that took effect: at one index, an origin's commands by their numbers, and then reads. */
interface Placed {
  readonly index: Index
  readonly number: number
  readonly operation: Operation<SimulatedInput, unknown>
}

const behindCommands = Number.MAX_SAFE_INTEGER

export class ClientHistory {
  readonly #group: Group
  readonly #commands: Command[] = []
  /** Those that were answered, in the order of their answers. */
  readonly #reads: Placed[] = []
  #instant = 0

  constructor(group: Group) {
    this.#group = group
  }

  submit(replica: Replica, name: string, input: unknown): void {
    const invoked = this.#invoke(replica, { command: name, input })
    const { incarnation: origin } = replica.state.self
    const submitted = replica.requests.submit(name, input, (outcome) =>
      this.#answer(replica, command, outcome),
    )
    const command: Command = { origin, submitted, operation: { ...invoked, output: unknownOutput } }
    this.#commands.push(command)
  }

  read(replica: Replica, name: string, select: (state: unknown) => unknown): void {
    const invoked = this.#invoke(replica, { read: name })
    replica.requests.read(() => {
      const { index, state } = replica.loop.state
      const returnedAt = this.#confirm(replica, 'read', index, invoked)
      const operation = { ...invoked, output: select(state), returnedAt }
      this.#reads.push({ index, number: behindCommands, operation })
    })
  }

  /** Why the model does not allow what the clients saw. Commands that nobody has applied did nothing. */
  fault(model: SimulatedModel): string | undefined {
    const placed = [...this.#commands.flatMap((command) => this.#placed(command)), ...this.#reads]
    // Sorting is stable: reads of one state stay in the order of their answers.
    placed.sort((a, b) => a.index - b.index || a.number - b.number)
    return faultInOrder(
      placed.map(({ operation }) => operation),
      model,
    )
  }

  #invoke({ nodeid }: Replica, input: SimulatedInput): Invoked {
    return { client: nodeid, input, invokedAt: ++this.#instant }
  }

  #answer(replica: Replica, command: Command, outcome: Outcome): void {
    if (outcome.type !== 'result' && outcome.type !== 'rejected') {
      this.#group.census.count('outcome unknown')
      return
    }
    const { origin, operation } = command
    const index = this.#history.effects.indexOf({ origin, place: outcome.number })
    if (index === undefined)
      throw new Violation(
        'I5',
        `the command ${origin}.${outcome.number} is answered, and nobody has applied it`,
      )
    const returnedAt = this.#confirm(replica, 'write', index, operation)
    command.operation = { ...operation, output: outputOf(outcome), returnedAt }
  }

  #confirm({ nodeid }: Replica, what: 'read' | 'write', index: Index, { invokedAt }: Invoked): number {
    const returnedAt = ++this.#instant
    this.#history.realTime.confirm(nodeid, { what, index, invokedAt, returnedAt })
    this.#group.census.count(`${what} confirmed`)
    return returnedAt
  }

  #placed({ origin, submitted: { number }, operation }: Command): Placed[] {
    if (number === undefined) return []
    const index = this.#history.effects.indexOf({ origin, place: number })
    return index === undefined ? [] : [{ index, number, operation }]
  }

  /** The only one: nobody forces another. */
  get #history(): History {
    return this.#group.invariants.histories.first
  }
}

function outputOf(outcome: Extract<Outcome, { type: 'result' | 'rejected' }>): unknown {
  if (outcome.type === 'result') return outcome.result
  return { rejected: outcome.rejection.message } satisfies Rejected
}
