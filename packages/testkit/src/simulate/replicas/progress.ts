// I7: once nothing fails any more, everything comes right: all replicas are in one epoch with one log, what was asked is
// answered, and what is asked then is answered too; within a bounded number of steps and rounds.

import type { State } from '@quorate/core/simulation'
import type { World } from '../world/world.ts'
import type { Group } from './group.ts'
import type { Replica } from './replica.ts'
import { nodeCount } from './setting.ts'
import { Violation } from './violation.ts'

/** Steps of the calm phase. The slowest of some thousand runs took 5,200. */
export const calmStepsMax = 30_000
/** Its rounds, of all replicas together. The most of some thousand runs were 15. */
const calmRoundsMax = 40

export class Progress {
  readonly #group: Group
  readonly #replicas: ReadonlyMap<number, Replica>
  #roundsBefore = -1
  #hasAsked = false

  constructor(group: Group, replicas: ReadonlyMap<number, Replica>) {
    this.#group = group
    this.#replicas = replicas
  }

  /** Only the operator can go on: counted, and no violation (I7's one exception). */
  isWaiting = false

  /** Whether the calm phase has come to its end. Looked at after each of its steps. */
  reached(world: World): boolean {
    this.#countRounds()
    if (!world.isAtRest) return false
    if (this.#awaitsOperator()) this.#wait()
    else if (!this.#isConverged()) return false
    else if (!this.#hasAsked) {
      this.#ask()
      return false
    }
    this.#group.workload.finish()
    return true
  }

  #countRounds(): void {
    const rounds = this.#group.census.statistics.of('round begun')
    if (this.#roundsBefore < 0) this.#roundsBefore = rounds
    if (rounds - this.#roundsBefore <= calmRoundsMax) return
    throw new Violation('I7', `${calmRoundsMax} rounds, and no end, although nothing fails any more`)
  }

  #wait(): void {
    this.isWaiting = true
    this.#group.census.count('ambiguous with all voters here: waits for the operator')
  }

  #ask(): void {
    this.#hasAsked = true
    for (const replica of this.#replicas.values()) {
      this.#group.workload.ask(replica)
      replica.settle()
    }
  }

  #awaitsOperator(): boolean {
    for (const { state } of this.#replicas.values()) {
      const { obstacle, view } = state
      if (view !== null && obstacle?.reason === 'ambiguous' && obstacle.missing.length === 0) return true
    }
    return false
  }

  #isConverged(): boolean {
    const replicas = [...this.#replicas.values()]
    if (replicas.length < nodeCount(this.#group.setting)) return false
    const first = (replicas[0] as Replica).state
    if (!replicas.every(({ state, requests }) => requests.count === 0 && isCurrent(state, first)))
      return false
    const { equalState } = this.#group.invariants
    for (const { nodeid, loop } of replicas) equalState.compare(nodeid, loop.state.index, loop.state.digest())
    return true
  }
}

const isCurrent = ({ active, commit, log, epoch }: State, other: State): boolean =>
  active &&
  commit === log.last &&
  commit === other.commit &&
  epoch.ballot.number === other.epoch.ballot.number
