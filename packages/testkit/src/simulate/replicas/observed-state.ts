// The replicated state of a user's machine: guarded, and it tells which commands each entry has applied, so that the
// order in which they took effect is known.

import {
  type EntryBody,
  type Incarnation,
  type Index,
  type Machine,
  ReplicatedState,
} from '@quorate/core/simulation'
import type { CommandApplied } from './workload/workload.ts'

type Applied = ReturnType<ReplicatedState['apply']>

export class ObservedState extends ReplicatedState {
  readonly #commandApplied: CommandApplied

  constructor(machine: Machine, commandApplied: CommandApplied) {
    super(machine, { guard: true })
    this.#commandApplied = commandApplied
  }

  override apply(index: Index, body: EntryBody, own: Incarnation): Applied {
    if (body.type !== 'commands') return super.apply(index, body, own)
    const { origin } = body
    const last = this.storedOutcomes(origin).at(-1)?.number ?? 0
    const applied = super.apply(index, body, origin)
    for (const { type, number } of applied.outcomes) {
      // What the session had answered before is answered again, and not applied.
      const isNew = number > last && (type === 'result' || type === 'rejected')
      if (isNew) this.#commandApplied({ origin, place: number }, index)
    }
    return origin === own ? applied : { ...applied, outcomes: [] }
  }
}
