// All invariants of one run, and what each of them is shown. Any of them throws `Violation`. I7 is that of the run's
// end (progress.ts); I5 and I6 are shown what clients see (workload/).

import type { Chain, Index, Notice, Output, State } from '@quorate/core/simulation'
import { Violation } from '../violation.ts'
import type { Step } from '../watch.ts'
import { Ballots } from './ballots.ts'
import type { Bounds } from './bounds.ts'
import { Histories } from './histories.ts'
import type { History } from './history.ts'
import { Votes } from './votes.ts'

/** What no replica meets while the others keep their promises, and their operators do nothing unusual. */
const unusual = ['broken-order', 'groups', 'two-votes', 'version'] as const

export interface InvariantOptions {
  readonly bounds: Bounds
  /** Obstacles that may come up in this run all the same. */
  readonly possible: readonly string[]
  /** Hears of each history that begins without all that was committed before. */
  readonly commitsGivenUp: () => void
}

export class Invariants {
  readonly histories: Histories
  readonly #ballots = new Ballots()
  readonly #votes = new Votes()
  readonly #bounds: Bounds
  readonly #impossible: ReadonlySet<string>

  constructor({ bounds, possible, commitsGivenUp }: InvariantOptions) {
    this.#bounds = bounds
    this.#impossible = new Set(unusual.filter((reason) => !possible.includes(reason)))
    this.histories = new Histories(commitsGivenUp)
  }

  started(nodeid: number, state: State): void {
    this.#ballots.started(nodeid, state)
    this.histories.started(nodeid, state)
  }

  stepped({ nodeid, before, input, state, outputs }: Step): void {
    this.#ballots.stepped(nodeid, before, state, outputs)
    this.#votes.stepped(nodeid, before, state, outputs)
    this.#bounds.stepped(nodeid, input, state)
    if (outputs.length > 0) {
      this.#committed(nodeid, state, outputs)
      this.#missed(nodeid, outputs)
    }
    if (before.adoptions !== state.adoptions) this.#votes.adopted(nodeid, state)
    if (input.type !== 'message') return
    const { from, message } = input.received
    if (message.type === 'ack' || message.type === 'propose') this.#votes.counted(nodeid, state, from.nodeid)
  }

  /** At once, while the log is still as it was adopted. */
  noticed(nodeid: number, notice: Notice, state: State): void {
    if (notice.notice === 'obstacle' && this.#impossible.has(notice.obstacle.reason))
      throw new Violation('stopped', `node ${nodeid} meets ${JSON.stringify(notice.obstacle)}`)
    if (notice.notice === 'set-aside') this.histories.setAside(nodeid)
    if (notice.notice !== 'adopted') return
    const { ballot, base } = notice
    this.#ballots.adopted(nodeid, ballot, base, state.log.chainAt(base))
    this.histories.adopted(nodeid, state, base).confirmed.adopted(nodeid, ballot, base, state.log)
  }

  /** The state at `index` is known. */
  applied(nodeid: number, state: State, index: Index, digest: () => number): void {
    this.histories.of(nodeid, state)?.equalState.applied(nodeid, index, digest)
  }

  /** Who has delivered the PROMISE of every participant misses nothing of theirs. */
  #missed(nodeid: number, outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.type === 'send' && output.message.type === 'refuse' && output.message.reason === 'lost')
        throw new Violation('R5.12', `node ${nodeid} has missed a message of an epoch that it took part in`)
    }
  }

  #committed(nodeid: number, state: State, outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.type === 'apply') this.#applied(nodeid, state, output.first, output.entries)
      else if (output.type === 'restore') {
        const chain = state.log.chainAt(output.index)
        if (chain !== undefined) this.#applied(nodeid, state, output.index, [{ chain }])
      }
    }
  }

  #applied(nodeid: number, state: State, first: Index, entries: readonly { readonly chain: Chain }[]): void {
    const history = this.histories.of(nodeid, state)
    if (history === undefined) return
    for (const [place, { chain }] of entries.entries()) commit(history, nodeid, first + place, chain, state)
  }
}

function commit(
  { content, confirmed }: History,
  nodeid: number,
  index: Index,
  chain: Chain,
  state: State,
): void {
  const epoch = commitEpoch(state)
  if (content.commit(nodeid, index, chain, epoch)) confirmed.committed(nodeid, index, chain, epoch)
}

/** What was transferred was committed at the latest in the epoch that is being joined. */
function commitEpoch({ active, epoch, installed }: State): State['promised'] {
  return active ? epoch.ballot : (installed?.install.ballot ?? epoch.ballot)
}
