// Looks for one order of the operations that respects real time and the model (Wing and Gong 1993, with the memory
// of Lowe 2017). Depth first: take an operation that may be next, and put it back when nothing fits behind it.

import type { Budget } from './budget.ts'
import type { Model } from './model.ts'
import { isCompleted, latestEffectAt, type Operation } from './operation.ts'
import { type Entry, Pending } from './pending.ts'
import { Visited } from './visited.ts'

/** The longest order that was found. */
export interface LongestOrder<State, Input, Output> {
  /** Operations in it that completed. */
  readonly completed: number
  /** Its last operations. */
  readonly tail: readonly Operation<Input, Output>[]
  /** The state behind it. */
  readonly state: State
  /** What real time allows as the next operation; the model forbids all that completed. */
  readonly candidates: readonly Operation<Input, Output>[]
}

export type SearchResult<State, Input, Output> =
  | { readonly found: 'order' }
  | { readonly found: 'no-order'; readonly longest: LongestOrder<State, Input, Output> }
  | { readonly found: 'too-large' }

/** Enough to see where the state came from, and few enough to be read. */
const tailLength = 6

/** A node of the search: the state behind the operations taken so far, and what can be tried from here. */
interface Node<State, Input, Output> {
  /** How the search came here; null at the root. */
  readonly entry: Entry<Operation<Input, Output>> | null
  readonly state: State
  readonly candidates: readonly Entry<Operation<Input, Output>>[]
  tried: number
}

export class Search<State, Input, Output> {
  readonly #model: Model<State, Input, Output>
  readonly #completed: Pending<Operation<Input, Output>>
  readonly #unknown: Pending<Operation<Input, Output>>
  readonly #visited: Visited<State>
  readonly #path: Node<State, Input, Output>[]
  #longest: LongestOrder<State, Input, Output>

  constructor(operations: readonly Operation<Input, Output>[], model: Model<State, Input, Output>) {
    const byInvocation = operations.toSorted((a, b) => a.invokedAt - b.invokedAt)
    this.#model = model
    this.#completed = new Pending(byInvocation.filter(isCompleted))
    this.#unknown = new Pending(byInvocation.filter((operation) => !isCompleted(operation)))
    this.#visited = new Visited(model)
    this.#path = [{ entry: null, state: model.initial, candidates: this.#candidates(), tried: 0 }]
    this.#longest = this.#here()
  }

  run(budget: Budget): SearchResult<State, Input, Output> {
    for (;;) {
      if (this.#completed.isEmpty) return { found: 'order' }
      const node = this.#path.at(-1)
      if (node === undefined) return { found: 'no-order', longest: this.#longest }
      const entry = node.candidates[node.tried++]
      if (entry === undefined) this.#goBack()
      else if (!budget.spend()) return { found: 'too-large' }
      else this.#try(entry, node)
    }
  }

  /**
   * What can be next: that before whose invocation nothing that is left must have happened. As the lists are in the
   * order of invocation, the first that comes too late ends them. What changes nothing comes first, then what has to
   * return soonest, and unknown outcomes last: most had no effect.
   */
  #candidates(): Entry<Operation<Input, Output>>[] {
    const candidates: Entry<Operation<Input, Output>>[] = []
    let horizon = Number.POSITIVE_INFINITY
    for (const list of [this.#completed, this.#unknown]) {
      for (let entry = list.first; entry !== null && entry.item.invokedAt <= horizon; entry = entry.next) {
        horizon = Math.min(horizon, latestEffectAt(entry.item))
        candidates.push(entry)
      }
    }
    return candidates.sort((a, b) => compareNumbers(this.#urgency(a.item), this.#urgency(b.item)))
  }

  #urgency(operation: Operation<Input, Output>): number {
    return this.#isReadOnly(operation) ? Number.NEGATIVE_INFINITY : latestEffectAt(operation)
  }

  #isReadOnly({ input }: Operation<Input, Output>): boolean {
    return this.#model.readOnly?.(input) ?? false
  }

  #try(entry: Entry<Operation<Input, Output>>, node: Node<State, Input, Output>): void {
    const { ok, state } = this.#model.step(node.state, entry.item.input, entry.item.output)
    if (!ok) return
    // What has no effect and no output can as well never have happened.
    if (!isCompleted(entry.item) && this.#visited.same(node.state, state)) return
    // What fits and never changes anything is in nobody's way: if there is an order at all, one has it here.
    if (this.#isReadOnly(entry.item)) node.tried = node.candidates.length
    this.#listOf(entry).take(entry)
    const set = `${this.#completed.nameOfTaken()};${this.#unknown.nameOfTaken()}`
    if (this.#visited.add(set, state)) this.#goOn(entry, state)
    else this.#listOf(entry).putBack(entry)
  }

  #goOn(entry: Entry<Operation<Input, Output>>, state: State): void {
    this.#path.push({ entry, state, candidates: this.#candidates(), tried: 0 })
    if (this.#completed.taken > this.#longest.completed) this.#longest = this.#here()
  }

  #goBack(): void {
    const left = this.#path.pop()
    if (left?.entry) this.#listOf(left.entry).putBack(left.entry)
  }

  #listOf({ item }: Entry<Operation<Input, Output>>): Pending<Operation<Input, Output>> {
    return isCompleted(item) ? this.#completed : this.#unknown
  }

  #here(): LongestOrder<State, Input, Output> {
    const { state, candidates } = this.#path.at(-1) as Node<State, Input, Output>
    const tail = this.#path.slice(-tailLength).flatMap(({ entry }) => (entry === null ? [] : [entry.item]))
    return { completed: this.#completed.taken, tail, state, candidates: candidates.map(({ item }) => item) }
  }
}

/** Not their difference, which is not a number for two that are infinite. */
function compareNumbers(a: number, b: number): number {
  return a < b ? -1 : Number(a > b)
}
