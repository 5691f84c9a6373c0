// I7: once nothing fails any more, everything comes right: all replicas are in one epoch with one log, what was asked is
// answered, and what is asked then is answered too; within a bounded number of steps and rounds.

import type { State } from '@quorate/core/simulation'
import type { World } from '../world/world.ts'
import type { Group } from './group.ts'
import type { History } from './invariants/history.ts'
import type { Operator } from './operator.ts'
import type { Replica } from './replica.ts'
import { replicaCount } from './setting.ts'
import type { Strangers } from './strangers.ts'
import { Violation } from './violation.ts'

type Obstacle = NonNullable<State['obstacle']>

/** Steps of the calm phase. Most take 5,200 at most; an upgrade of seven voters, one after the other, took 30,000. */
export const calmStepsMax = 60_000
/** Its rounds, of all replicas together. The most of some thousand runs were 15. */
const calmRoundsMax = 40

const questions = {
  ambiguous: 'ambiguous with all voters here: waits for the operator',
  blank: 'all voters blank beside a known group: waits for the operator',
} as const

/** What only an operator can decide. */
interface Question {
  readonly replica: Replica
  readonly kind: (typeof questions)[keyof typeof questions]
}

export class Progress {
  readonly #group: Group
  readonly #replicas: ReadonlyMap<number, Replica>
  readonly #operator: Operator
  readonly #strangers: Strangers
  #roundsBefore = -1
  #hasAsked = false

  constructor(
    group: Group,
    replicas: ReadonlyMap<number, Replica>,
    operator: Operator,
    strangers: Strangers,
  ) {
    this.#group = group
    this.#replicas = replicas
    this.#operator = operator
    this.#strangers = strangers
  }

  /** Only the operator could go on: counted, and no violation (I7's one exception). */
  isWaiting = false

  /** Whether the calm phase has come to its end. Looked at after each of its steps. */
  reached(world: World): boolean {
    this.#countRounds()
    if (!world.isAtRest) return false
    this.#upgrade()
    const question = this.#question()
    if (question !== undefined) {
      if (!this.#wait(question)) return false
    } else if (!this.#isConverged()) return false
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

  /** Each node that begins anew takes a round or two. */
  #upgrade(): void {
    const { programs, census } = this.#group
    if (programs.areNewest(this.#replicas.keys())) return
    this.#roundsBefore = census.statistics.of('round begun')
    programs.finishOne(this.#replicas.keys())
  }

  /** The run ends here, unless there is an operator. */
  #wait({ replica, kind }: Question): boolean {
    this.#group.census.count(kind)
    this.isWaiting = this.#group.setting.operator === 'never'
    if (!this.isWaiting) this.#operator.answer(replica)
    return this.isWaiting
  }

  #ask(): void {
    this.#hasAsked = true
    for (const replica of this.#replicas.values()) {
      this.#group.workload.ask(replica)
      replica.settle()
    }
  }

  /** Only humans can end what keeps this view from an epoch. */
  #question(): Question | undefined {
    for (const replica of this.#replicas.values()) {
      const { obstacle, view } = replica.state
      const kind = view === null || obstacle === null ? undefined : this.#kindOf(obstacle)
      if (kind !== undefined) return { replica, kind }
    }
    return undefined
  }

  /**
   * With all voters here. Strangers who show a group beside blank voters may have the state that these have lost; that
   * all voters are blank takes an operator who has forced, or that nothing was committed yet when they lost their memory.
   */
  #kindOf(obstacle: Obstacle): Question['kind'] | undefined {
    const missing = 'missing' in obstacle ? obstacle.missing : []
    if (missing.some((nodeid) => !this.#strangers.has(nodeid))) return undefined
    if (obstacle.reason === 'ambiguous') return questions.ambiguous
    if (obstacle.reason !== 'bootstrap' && obstacle.reason !== 'groups') return undefined
    if (this.#strangers.mend()) return undefined
    const mayBeBlank = this.#operator.hasForced || !this.#group.invariants.histories.hasCommits
    return mayBeBlank ? questions.blank : undefined
  }

  #isConverged(): boolean {
    const { programs } = this.#group
    const replicas = [...this.#replicas.values()]
    if (replicas.length < replicaCount(this.#group.setting)) return false
    const first = (replicas[0] as Replica).state
    if (!replicas.every(({ state, requests }) => requests.count === 0 && isCurrent(state, first)))
      return false
    if (replicas.some(({ nodeid, loop }) => loop.state.versions.machine !== programs.of(nodeid).version))
      return false
    if (!programs.areNewest(this.#replicas.keys())) return false
    const { equalState } = this.#group.invariants.histories.of(1, first) as History
    for (const { nodeid, loop } of replicas) equalState.compare(nodeid, loop.state.index, loop.state.digest())
    return true
  }
}

const isCurrent = ({ active, commit, log, epoch }: State, other: State): boolean =>
  active &&
  commit === log.last &&
  commit === other.commit &&
  epoch.ballot.number === other.epoch.ballot.number
