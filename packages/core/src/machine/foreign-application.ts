// State that its own class keeps. What commands do to it cannot be taken back here: after a failure the replica stops,
// and starts again from a snapshot and the log.

import { QuorateError, Rejection } from '../errors.ts'
import { type Answer, type Application, type Batch, rejectedAnswer, resultAnswer } from './application.ts'
import type { EntryContext } from './context.ts'
import type { CommandOf, ForeignState } from './define-foreign-machine.ts'
import type { MembershipChange } from './group-membership.ts'
import { unknownReducer } from './reducer-application.ts'

export class ForeignApplication implements Application {
  readonly #machine: string
  readonly #commands: ReadonlySet<string>
  readonly #open: (version: number) => ForeignState
  #state: ForeignState | null = null
  /** Whether a run changed the state is not known: each counts as a change. */
  #runs = 0

  constructor(machine: string, commands: ReadonlySet<string>, open: (version: number) => ForeignState) {
    this.#machine = machine
    this.#commands = commands
    this.#open = open
  }

  get state(): ForeignState {
    if (this.#state === null)
      throw new QuorateError('BadOption', `Machine '${this.#machine}' has not begun yet`)
    return this.#state
  }

  hasCommand(name: string): boolean {
    return this.#commands.has(name)
  }

  begin(version: number): void {
    this.#state = this.#open(version)
  }

  apply(batch: Batch, context: EntryContext, answers: Answer[]): void {
    for (let place = 0; place < batch.count; place++) answers[place] = this.#run(place, batch, context)
  }

  changeMembership(change: MembershipChange, context: EntryContext): void {
    if (this.state.onMembership === undefined) return
    this.#runs += 1
    context.enter(0, 'onMembership')
    this.state.onMembership(change, context)
    context.leave()
  }

  migrate(from: number, context: EntryContext): void {
    const { state } = this
    if (state.migrate === undefined)
      throw new QuorateError(
        'BadOption',
        `Machine '${this.#machine}' needs migrate(from) to leave version ${from}`,
      )
    this.#runs += 1
    context.enter(0, 'migrate')
    state.migrate(from, context)
    context.leave()
  }

  checkpoint(): unknown {
    return this.#runs
  }

  rollback(): void {}

  keep(): void {}

  save(): unknown {
    return this.state.snapshot()
  }

  restore(saved: unknown, version: number): void {
    if (!(saved instanceof Uint8Array))
      throw new QuorateError('Malformed', `The snapshot of machine '${this.#machine}' holds no bytes`)
    const state = this.#open(version)
    state.restore(saved, version)
    this.#state = state
  }

  noteApplied(): void {}

  fingerprint(): unknown {
    return this.state.digest()
  }

  #run(place: number, batch: Batch, context: EntryContext): Answer {
    const mark = context.mark()
    batch.read(place)
    const { name, input } = batch
    if (name === null) return undefined
    this.#runs += 1
    context.enter(place, name)
    if (!this.#commands.has(name)) throw unknownReducer(name, this.#machine, context)
    try {
      return resultAnswer(this.state.apply({ name, input } as CommandOf<unknown>, context), name)
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      context.rollback(mark)
      return rejectedAnswer(error, name)
    } finally {
      context.leave()
    }
  }
}
