// Counts how replicas catch up: by what, through how many views, and what goes wrong on the way.

import type { State } from '@quorate/core/simulation'
import type { Step } from '../watch.ts'
import type { ReplicaEventKind } from './kinds.ts'

/** Of one process, since it was last current. */
interface Transfer {
  /** Views in which it was a joiner; the last of them. */
  views: number
  view: number
  /** View of the first part of the snapshot that is being received; 0: none. */
  partView: number
  bySnapshot: boolean
  overflowed: boolean
  isRestoring: boolean
  hasHeld: boolean
}

export class TransferCensus {
  readonly #count: (kind: ReplicaEventKind) => void
  readonly #transfers = new Map<number, Transfer>()

  constructor(count: (kind: ReplicaEventKind) => void) {
    this.#count = count
  }

  started(nodeid: number): void {
    this.#transfers.set(nodeid, nothing())
  }

  /** A part of a snapshot has come. */
  receiving(nodeid: number): void {
    const transfer = this.#of(nodeid)
    if (transfer.partView === 0) transfer.partView = transfer.view
    else if (transfer.partView !== transfer.view) this.#count('snapshot continued in a later view')
  }

  /** What a snapshot answers is told by the first `applied` behind it. */
  applied(nodeid: number, answered: number): void {
    const transfer = this.#of(nodeid)
    if (transfer.isRestoring && answered > 0) this.#count('answered by the session table of a snapshot')
    transfer.isRestoring = false
  }

  stepped({ nodeid, before, state, outputs }: Step): void {
    const transfer = this.#of(nodeid)
    if (state.joiner !== null) this.#join(transfer, state)
    for (const output of outputs) if (output.type === 'restore') this.#restore(transfer, state, output.index)
    if (
      state.group !== null &&
      !before.active &&
      state.possible < before.possible &&
      before.adoptions === state.adoptions
    )
      this.#count('dead tail cut')
    if (before.adoptions === state.adoptions) return
    if (transfer.views > 0) this.#arrive(transfer)
    this.#transfers.set(nodeid, nothing())
  }

  #of(nodeid: number): Transfer {
    return this.#transfers.get(nodeid) as Transfer
  }

  #join(transfer: Transfer, state: State): void {
    if (transfer.view !== state.views) {
      transfer.views += 1
      transfer.view = state.views
    }
    if (state.joiner?.overflowed === true && !transfer.overflowed) this.#count('held overflow')
    transfer.overflowed = state.joiner?.overflowed === true
    if (state.joiner !== null && state.joiner.held.length > 0) transfer.hasHeld = true
  }

  #restore(transfer: Transfer, { installed }: State, index: number): void {
    transfer.bySnapshot = true
    transfer.isRestoring = true
    transfer.partView = 0
    if (installed !== null && index > installed.install.base) this.#count('snapshot beyond the base')
  }

  #arrive({ views, bySnapshot, hasHeld }: Transfer): void {
    this.#count(bySnapshot ? 'joined by a snapshot' : 'joined by entries')
    if (hasHeld) this.#count('joined with held proposals')
    if (views > 1) this.#count('catch-up through several views')
  }
}

const nothing = (): Transfer => ({
  views: 0,
  view: 0,
  partView: 0,
  bySnapshot: false,
  overflowed: false,
  isRestoring: false,
  hasHeld: false,
})
