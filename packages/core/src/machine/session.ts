// One session: exactly once, in order. Holds the results that its origin has not confirmed, and answers repeats with
// them. Design: docs/protocol.md, "Sessions".

import type { Process } from '../identity.ts'
import type { CommandsBody, Index } from '../log/entry.ts'
import type { Answer } from './application.ts'

/** Numbers of commands, as a PROPOSE has them. */
export type Numbers = Pick<CommandsBody, 'first' | 'count' | 'lowest'>

export class Session {
  /** Frozen: reducers get it. */
  readonly process: Process
  /** The VIEW entry that opened it; with the incarnation, its name. */
  readonly index: Index
  /** Cluster time of the VIEW entry since which its process is out of the view. */
  absentSinceMs: number | null = null
  /** No number below is open any more. */
  #lowest: number
  /** Answers to the numbers from `#lowest` on, without a gap. */
  readonly #answers: Answer[]

  constructor(process: Process, index: Index, lowest = 1, answers: readonly Answer[] = []) {
    this.process = Object.freeze(process)
    this.index = index
    this.#lowest = lowest
    this.#answers = [...answers]
  }

  get lowest(): number {
    return this.#lowest
  }

  get answers(): readonly Answer[] {
    return this.#answers
  }

  /** The number that is applied next. */
  get next(): number {
    return this.#lowest + this.#answers.length
  }

  /** The origin has all answers below `lowest`. An old message names a lower one than is known: it changes nothing. */
  confirm(lowest: number): void {
    if (lowest <= this.#lowest) return
    this.#answers.splice(0, lowest - this.#lowest)
    this.#lowest = lowest
  }

  /**
   * Which of the `count` numbers from `first` on are applied, once `lowest` is confirmed: those that follow what was
   * applied, without a gap, and less than `openCommandsMax` above the lowest.
   */
  due(
    { first, count, lowest }: Numbers,
    openCommandsMax: number,
  ): { readonly from: number; readonly to: number } {
    const lowestThen = Math.max(lowest, this.#lowest)
    const from = Math.max(this.next, lowestThen)
    const to = Math.min(first + count, lowestThen + openCommandsMax)
    return first <= from && from < to ? { from, to } : { from, to: from }
  }

  /** What has become of `number` by now. */
  standing(number: number): 'ignored' | 'answered' | 'passed-over' {
    if (number < this.#lowest) return 'ignored'
    return number < this.next ? 'answered' : 'passed-over'
  }

  /** To a number that is `'answered'`. */
  answer(number: number): Answer {
    return this.#answers[number - this.#lowest]
  }

  /** To the next numbers. */
  add(answers: readonly Answer[]): void {
    for (const answer of answers) this.#answers.push(answer)
  }
}
