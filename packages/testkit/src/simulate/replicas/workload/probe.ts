// The clients of the protocol's own simulation: commands and reads that tell where they were ordered (I5, I6).

import { type Incarnation, type Index, type Machine, ReplicatedState } from '@quorate/core/simulation'
import type { Random } from '../../world/random.ts'
import type { Group } from '../group.ts'
import type { CommandName } from '../invariants/effects.ts'
import type { History } from '../invariants/history.ts'
import type { Replica } from '../replica.ts'
import type { Outcome } from '../requests.ts'
import { Violation } from '../violation.ts'
import type { Ordered, ProbeEvent } from './probe-machine.ts'
import type { Workload } from './workload.ts'

/** What a replica's clients do in one moment, at most. */
const atOnceMax = 3
const readOneIn = 3
const withdrawOneIn = 24
const timerOneIn = 6

export class ProbeWorkload implements Workload {
  readonly #group: Group
  readonly #places = new Map<Incarnation, number>()
  /** Counts what was confirmed. */
  #instant = 0

  constructor(group: Group) {
    this.#group = group
  }

  /** Unguarded, for speed; what was applied, the machine tells itself. */
  makeState(machine: Machine): ReplicatedState {
    return new ReplicatedState(machine, { guard: false })
  }

  act(replica: Replica, random: Random): void {
    if (!replica.isStarted) return
    for (let count = random.below(atOnceMax); count >= 0; count--) this.#actOnce(replica, random)
  }

  ask(replica: Replica): void {
    this.#write(replica, 'write')
    this.#read(replica)
  }

  emitted(replica: Replica, index: Index, events: readonly unknown[]): void {
    const history = this.#historyOf(replica)
    for (const event of events as readonly ProbeEvent[]) {
      if (event.what === 'timer') this.#group.census.count('timer fired inside the machine')
      else history?.effects.applied(replica.nodeid, event.name, index)
    }
  }

  look(): void {}

  finish(): void {}

  #actOnce(replica: Replica, random: Random): void {
    if (random.oneIn(withdrawOneIn)) this.#withdraw(replica)
    else if (replica.requests.count >= this.#group.setting.waitingMax) return
    else if (random.oneIn(readOneIn)) this.#read(replica)
    else this.#write(replica, random.oneIn(timerOneIn) ? 'later' : 'write')
  }

  #withdraw({ requests }: Replica): void {
    if (requests.withdraw()) this.#group.census.count('command withdrawn')
  }

  #write(replica: Replica, command: 'write' | 'later'): void {
    const { incarnation: origin } = replica.state.self
    const place = (this.#places.get(origin) ?? 0) + 1
    this.#places.set(origin, place)
    const name = { origin, place }
    const invokedAt = this.#instant
    replica.requests.submit(command, name, (outcome) => this.#heard(replica, name, invokedAt, outcome))
  }

  #heard(replica: Replica, name: CommandName, invokedAt: number, outcome: Outcome): void {
    if (outcome.type === 'unknown') {
      this.#group.census.count('outcome unknown')
      return
    }
    if (outcome.type !== 'result')
      throw new Violation('I5', `the open command ${name.origin}.${name.place} is told to be ${outcome.type}`)
    const { index } = outcome.result as Ordered
    this.#historyOf(replica)?.effects.told(name, index)
    this.#confirm(replica, 'write', index, invokedAt)
    this.#group.census.count('write confirmed')
  }

  #read(replica: Replica): void {
    const invokedAt = this.#instant
    replica.requests.read(() => {
      this.#confirm(replica, 'read', replica.loop.state.index, invokedAt)
      this.#group.census.count('read confirmed')
    })
  }

  #confirm(replica: Replica, what: 'read' | 'write', index: Index, invokedAt: number): void {
    this.#instant += 1
    const confirmation = { what, index, invokedAt, returnedAt: this.#instant }
    this.#historyOf(replica)?.realTime.confirm(replica.nodeid, confirmation)
  }

  #historyOf({ nodeid, state }: Replica): History | undefined {
    return this.#group.invariants.histories.of(nodeid, state)
  }
}
