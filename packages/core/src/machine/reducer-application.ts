// State in Immer drafts. One draft serves many commands, because to make and finish one costs several times what a
// small command does. When a command throws, the draft is dropped, the commands before it run again on a fresh one, and
// that is finished: what the command did is undone. If it threw no Rejection, it is tried again at the head of the next
// draft: a frozen constant that an earlier command put into the state can be changed only in a draft made after that.
// No command runs more than three times. Tables are no drafts: their journal takes them back as often as a draft is dropped.
//
// States are always frozen, in production too: a reducer can see whether an object is frozen, so it must not differ
// between replicas. It also stops whoever writes into a state that was lent for reading.

import { enableMapSet, freeze, Immer, isDraftable } from 'immer'
import { QuorateError, Rejection } from '../errors.ts'
import { type Answer, type Application, type Batch, rejectedAnswer, resultAnswer } from './application.ts'
import type { Context, EntryContext } from './context.ts'
import { isGuarded } from './determinism-guard.ts'
import { fingerprintOf } from './fingerprint.ts'
import type { MembershipChange } from './group-membership.ts'
import { keepLeaves, watchLeaves } from './leaf-watch.ts'
import { checkState } from './state-check.ts'
import { StateTables } from './table/state-tables.ts'

enableMapSet()
const immer = new Immer({ autoFreeze: true })

/** Gone over within 10 ms. */
const newBytesMax = 4 * 1024 * 1024

/** A machine's functions, without their types. */
export interface ReducerFunctions {
  readonly machine: string
  readonly reducers: ReadonlyMap<string, (state: unknown, input: unknown, context: Context) => unknown>
  initial(version: number): unknown
  onMembership?(state: unknown, change: MembershipChange, context: Context): void
  migrate?(state: unknown, from: number, context: Context): unknown
}

/** Never changed: another state, or another revision of its tables, has another one. */
interface Checkpoint {
  readonly state: object
  readonly revision: number
}

export class ReducerApplication implements Application {
  readonly #functions: ReducerFunctions
  readonly #tables = new StateTables()
  #state: object = Object.freeze({})
  #checkpoint: Checkpoint | null = null
  /** Of commands, since the state was last gone over for its size. */
  #newBytes = 0

  constructor(functions: ReducerFunctions) {
    this.#functions = functions
  }

  get state(): unknown {
    return this.#tables.shown(this.#state)
  }

  hasCommand(name: string): boolean {
    return this.#functions.reducers.has(name)
  }

  begin(version: number): void {
    this.#take(this.#tables.adopted(this.#functions.initial(version), 'The initial state'))
  }

  apply(batch: Batch, context: EntryContext, answers: Answer[]): void {
    for (let place = 0; place < batch.count; ) place = this.#applyFrom(place, batch, context, answers)
  }

  changeMembership(change: MembershipChange, context: EntryContext): void {
    this.#settle(
      this.#change('onMembership', context, (draft) =>
        this.#functions.onMembership?.(draft, change, context),
      ),
    )
  }

  migrate(from: number, context: EntryContext): void {
    let replacement: unknown
    const migrate = (draft: object) => {
      replacement = this.#tables.adopted(
        this.#functions.migrate?.(draft, from, context),
        'The migrated state',
      )
    }
    const migrated = this.#tables.kept(this.#change('migrate', context, migrate, true))
    if (isGuarded()) checkState(migrated, this.#state)
    this.#state = migrated
    if (replacement !== undefined) this.#take(replacement)
  }

  checkpoint(): unknown {
    const [state, { revision }] = [this.#state, this.#tables.journal]
    if (this.#checkpoint?.state !== state || this.#checkpoint.revision !== revision)
      this.#checkpoint = { state, revision }
    return this.#checkpoint
  }

  rollback(checkpoint: unknown): void {
    const { state, revision } = checkpoint as Checkpoint
    this.#state = state
    this.#tables.journal.rollback(revision)
  }

  keep(): void {
    this.#tables.keep()
  }

  save(): unknown {
    return this.#tables.saved(this.#state)
  }

  restore(saved: unknown): void {
    this.#take(this.#tables.restored(saved))
  }

  /** A digest goes over all that is new: what much was written into is gone over before that is a pause. */
  noteApplied(bytes: number): void {
    this.#newBytes += bytes
    if (this.#newBytes < newBytesMax) return
    this.#newBytes = 0
    this.fingerprint()
  }

  fingerprint(): unknown {
    return fingerprintOf(this.#state)
  }

  /** Applies commands until the end, or until one throws in company; returns where to go on. */
  #applyFrom(start: number, batch: Batch, context: EntryContext, answers: Answer[]): number {
    const mark = context.mark()
    const { journal } = this.#tables
    const { revision } = journal
    const draft = immer.createDraft(this.#state)
    let place = start
    try {
      for (; place < batch.count; place++) answers[place] = this.#run(draft, place, batch, context)
    } catch (error) {
      const rejected = error instanceof Rejection
      if (!rejected && place === start) throw error
      if (rejected) answers[place] = rejectedAnswer(error, String(batch.name))
      context.rollback(mark)
      journal.rollback(revision)
      if (place > start) this.#applyAgain(start, place, batch, context)
      return rejected ? place + 1 : place
    }
    this.#settle(immer.finishDraft(draft))
    return place
  }

  /** Applies commands that are known to go through. Their answers are there. */
  #applyAgain(start: number, end: number, batch: Batch, context: EntryContext): void {
    const draft = immer.createDraft(this.#state)
    for (let place = start; place < end; place++) this.#run(draft, place, batch, context)
    this.#settle(immer.finishDraft(draft))
  }

  #run(draft: object, place: number, batch: Batch, context: EntryContext): Answer {
    batch.read(place)
    const { name } = batch
    if (name === null) return undefined
    context.enter(place, name)
    const reducer = this.#functions.reducers.get(name) ?? this.#unknown(name, context)
    const answer = resultAnswer(
      this.#watched(() => reducer(draft, batch.input, context)),
      name,
    )
    context.leave()
    return answer
  }

  /** The changed state. */
  #change(what: string, context: EntryContext, change: (draft: object) => void, makesTables = false): object {
    const draft = immer.createDraft(this.#state)
    context.enter(0, what)
    this.#watched(() => change(draft), makesTables)
    context.leave()
    return immer.finishDraft(draft)
  }

  #watched<T>(reducer: () => T, makesTables = false): T {
    const run = () => this.#tables.journal.run(reducer, makesTables)
    return isGuarded() ? watchLeaves(run) : run()
  }

  /** Takes over what commands and changes of membership made of the state, which leave its tables where they are. */
  #settle(state: object): void {
    this.#tables.check(state, this.#state)
    if (isGuarded()) checkState(state, this.#state)
    this.#state = state
  }

  /** Takes over a state that is new as a whole. */
  #take(state: unknown): void {
    if (!isDraftable(state))
      throw new QuorateError(
        'BadOption',
        `A state must be an object, array, Map or Set, and is ${String(state)}`,
      )
    this.#state = freeze(state as object, true)
    if (isGuarded()) keepLeaves(this.#state)
  }

  #unknown(name: string, context: Context): never {
    throw unknownReducer(name, this.#functions.machine, context)
  }
}

export function unknownReducer(name: string, machine: string, { index, version }: Context): QuorateError {
  return new QuorateError(
    'UnknownReducer',
    `Entry ${index} holds the command '${name}', and this program's machine '${machine}' has no such reducer. It was ` +
      `submitted by a program that had it, when the group ran version ${version}: keep a reducer for as long as ` +
      'logs and timers may hold its command, and start a program that has it',
  )
}
