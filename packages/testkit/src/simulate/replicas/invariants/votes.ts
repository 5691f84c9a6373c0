// R7.5: what a voter's PROMISE says to be the most that others can have counted of its acks in an epoch, nobody has
// counted more than, nor ever will. On this the choice of the log rests; broken, it takes luck for I2 to show it.

import {
  type Ballot,
  describeBallot,
  type Index,
  type MemoryId,
  type Output,
  type State,
} from '@quorate/core/simulation'
import { Violation } from '../violation.ts'
import type { Before } from '../watch.ts'

export class Votes {
  /** By epoch and voter node. */
  readonly #counted = new Map<string, Index>()
  readonly #told = new Map<string, Index>()
  /** Memories whose tail was contradicted by what is committed: it was cut, and no vote of theirs is of any use. */
  readonly #dead = new Set<MemoryId>()

  stepped(nodeid: number, before: Before, state: State, outputs: readonly Output[]): void {
    if (before.adoptions !== state.adoptions) this.#dead.delete(state.memory)
    else if (!before.active && state.possible < before.possible) this.#dead.add(state.memory)
    this.#tell(nodeid, state, outputs)
  }

  /** An ack has come that this replica may count. */
  counted(nodeid: number, { active, installed }: State, voter: number): void {
    const ack = active ? installed?.acks.get(voter) : undefined
    if (ack !== undefined && installed !== null)
      this.#count(nodeid, voter, installed.install.ballot, ack.index)
  }

  /** Acks that were kept for this epoch count from now on. */
  adopted(nodeid: number, state: State): void {
    for (const voter of state.installed?.acks.keys() ?? []) this.counted(nodeid, state, voter)
  }

  #count(nodeid: number, voter: number, epoch: Ballot, index: Index): void {
    const key = keyOf(epoch, voter)
    if (index <= (this.#counted.get(key) ?? 0)) return
    this.#counted.set(key, index)
    const told = this.#told.get(key)
    if (told !== undefined && told < index)
      throw new Violation(
        'R7.5',
        `node ${nodeid} counts the ack ${index} of node ${voter} in ${describeBallot(epoch)}, whose PROMISE has said that at most ${told} can be`,
      )
  }

  #tell(nodeid: number, state: State, outputs: readonly Output[]): void {
    if (state.role !== 'voter' || state.blank || this.#dead.has(state.memory)) return
    for (const output of outputs) {
      if (output.type !== 'send' || output.message.type !== 'promise' || output.message.blank) continue
      const { epoch, possible } = output.message
      const key = keyOf(epoch.ballot, nodeid)
      this.#told.set(key, possible)
      const counted = this.#counted.get(key) ?? 0
      if (counted > possible)
        throw new Violation(
          'R7.5',
          `node ${nodeid} promises that at most its ack ${possible} in ${describeBallot(epoch.ballot)} was counted, and ${counted} was`,
        )
    }
  }
}

const keyOf = ({ number, nodeid, incarnation }: Ballot, voter: number): string =>
  `${number}.${nodeid}.${incarnation}/${voter}`
