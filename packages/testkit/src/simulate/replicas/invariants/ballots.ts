// I4: no two epochs with one ballot; `promised` and `epoch` of a replica never go back while it is intact. A memory is
// intact as long as it has its id; what it has told others, by PROMISE or ACK, it must still know after a restart: but
// for the epoch, once its state was set aside.

import {
  type Ballot,
  type Chain,
  compareBallots,
  describeBallot,
  type Index,
  type MemoryId,
  noBallot,
  type Output,
  type State,
} from '@quorate/core/simulation'
import { Violation } from '../violation.ts'

interface Said {
  promised: Ballot
  epoch: Ballot
}

interface Base {
  readonly index: Index
  readonly chain: Chain | undefined
}

export class Ballots {
  readonly #bases = new Map<string, Base>()
  /** What others were told, by memory. */
  readonly #said = new Map<MemoryId, Said>()

  /** `chain`: at the base in the adopter's log; unknown behind a snapshot. */
  adopted(nodeid: number, ballot: Ballot, index: Index, chain: Chain | undefined): void {
    const key = `${ballot.number}.${ballot.nodeid}.${ballot.incarnation}`
    const known = this.#bases.get(key)
    if (known === undefined) this.#bases.set(key, { index, chain })
    else if (known.index !== index || differ(known.chain, chain))
      throw new Violation(
        'I4',
        `two bases of the epoch ${describeBallot(ballot)}: ${known.index}, and ${index} at node ${nodeid}`,
      )
  }

  /** A process begins with what it has found. */
  started(nodeid: number, state: State): void {
    const said = this.#said.get(state.memory)
    if (said === undefined) return
    notBelow(nodeid, 'promised', said.promised, state.promised)
    notBelow(nodeid, 'epoch', said.epoch, state.epoch.ballot)
  }

  /** After each step. */
  stepped(nodeid: number, before: Said, state: State, outputs: readonly Output[]): void {
    if (before.promised !== state.promised) notBelow(nodeid, 'promised', before.promised, state.promised)
    if (before.epoch !== state.epoch.ballot) {
      if (outputs.some(({ type }) => type === 'set-aside')) this.#of(state.memory).epoch = noBallot
      else notBelow(nodeid, 'epoch', before.epoch, state.epoch.ballot)
    }
    for (const output of outputs) if (output.type === 'send') this.#sent(state, output.message)
  }

  #sent({ memory }: State, message: Extract<Output, { type: 'send' }>['message']): void {
    if (message.type === 'promise') this.#of(memory).promised = message.ballot
    else if (message.type === 'ack') this.#of(memory).epoch = message.ballot
  }

  #of(memory: MemoryId): Said {
    const known = this.#said.get(memory)
    if (known !== undefined) return known
    const said = { promised: noBallot, epoch: noBallot }
    this.#said.set(memory, said)
    return said
  }
}

const differ = (a: Chain | undefined, b: Chain | undefined): boolean =>
  a !== undefined && b !== undefined && a !== b

function notBelow(nodeid: number, what: keyof Said, before: Ballot, now: Ballot): void {
  if (compareBallots(now, before) >= 0) return
  throw new Violation(
    'I4',
    `${what} of node ${nodeid} goes back from ${describeBallot(before)} to ${describeBallot(now)}`,
  )
}
