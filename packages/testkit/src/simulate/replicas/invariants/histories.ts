// Which history a replica is in. A generation is one history, from the first adoption of its forced INSTALL on.

import { type Ballot, type Index, type Log, noBallot, type State } from '@quorate/core/simulation'
import { Violation } from '../violation.ts'
import { History } from './history.ts'

export class Histories {
  /** That of the group's beginning; without force there is no other. */
  readonly first: History = History.empty()
  readonly #ofGeneration = new Map<string, History>([[keyOf(noBallot), this.first]])
  /** By node, of its process: a joiner without a group id that has left its INSTALL is still in it. */
  readonly #last = new Map<number, History>()
  /** The random part of the group's id. */
  #group = 0
  readonly #commitsGivenUp: () => void

  /** `commitsGivenUp`: hears of each history that begins without all that was committed before. */
  constructor(commitsGivenUp: () => void) {
    this.#commitsGivenUp = commitsGivenUp
  }

  /** Whether anything was ever committed. */
  get hasCommits(): boolean {
    return [...this.#ofGeneration.values()].some(({ content }) => content.last > 0)
  }

  /** `undefined`: with more than one history, a process without a group, or a generation that nobody has adopted. */
  of(nodeid: number, { installed, group }: State): History | undefined {
    if (this.#ofGeneration.size === 1) return this.first
    const id = installed?.install.group ?? group
    if (id === null) return this.#last.get(nodeid)
    const history = this.#ofGeneration.get(keyOf(id.generation))
    if (history !== undefined) this.#last.set(nodeid, history)
    return history
  }

  /** A process begins with what it has found. */
  started(nodeid: number, state: State): void {
    this.#last.delete(nodeid)
    const history = state.group === null ? undefined : this.of(nodeid, state)
    if (history !== undefined) this.#last.set(nodeid, history)
  }

  /** The history that this epoch continues; a new one, where the operator has begun it. */
  adopted(nodeid: number, { group, log }: State, base: Index): History {
    const { random, generation } = group as NonNullable<State['group']>
    this.#onlyGroup(nodeid, random)
    const key = keyOf(generation)
    const known = this.#ofGeneration.get(key)
    const history = known ?? this.#branch([...this.#ofGeneration.values()], log, base)
    this.#ofGeneration.set(key, history)
    this.#last.set(nodeid, history)
    return history
  }

  /** What this replica had is no longer there. */
  setAside(nodeid: number): void {
    this.#last.delete(nodeid)
  }

  /** Force begins no other group. Nothing else may, but where nothing of the first was ever committed. */
  #onlyGroup(nodeid: number, random: number): void {
    if (this.#group === random) return
    if (this.#group === 0 || !this.hasCommits) this.#group = random
    else
      throw new Violation('I1', `node ${nodeid} is in the group ${random}, and the group is ${this.#group}`)
  }

  /** From the one with which this log has most in common. */
  #branch(histories: readonly History[], log: Log, base: Index): History {
    let best = this.first
    let shared = 0
    for (const history of histories) {
      const index = sharedWith(history, log, base)
      if (index >= shared) {
        best = history
        shared = index
      }
    }
    if (shared < best.content.last) this.#commitsGivenUp()
    return best.branchAt(shared)
  }
}

const keyOf = ({ number, nodeid, incarnation }: Ballot): string => `${number}.${nodeid}.${incarnation}`

/** Chains go over all that came before: equal at one index, they are equal up to it. */
function sharedWith({ content }: History, log: Log, base: Index): Index {
  for (let index = Math.min(content.last, base); index > 0; index--) {
    const chain = log.chainAt(index)
    if (chain === undefined) return 0
    if (chain === content.at(index).chain) return index
  }
  return 0
}
