// A process that does not belong to the group: it runs what the others run, and nothing is asked of it.

import type { StorageRecord, StorageWrite, TransportEvent } from '@quorate/core'
import {
  Loop,
  type LoopListener,
  type LoopPorts,
  type Machine,
  type MemoryId,
  noBallot,
  ReplicatedState,
  type VoterSet,
} from '@quorate/core/simulation'
import type { Place, Subject } from '../world/place.ts'
import { engineOptions } from './engine-options.ts'
import type { Group } from './group.ts'
import { Violation } from './violation.ts'

/**
 * `other-voters`: names itself as one voter more. `own-group`: the only voter of a group of its own. `other-group`: the
 * same voters, and the storage of another group. `learner`: was mended, and belongs.
 */
export type StrangerKind = 'other-voters' | 'own-group' | 'other-group' | 'learner'

export class Stranger implements Subject, LoopListener {
  readonly #place: Place
  readonly #loop: Loop
  #started = false

  constructor(place: Place, group: Group, machine: Machine, kind: StrangerKind) {
    this.#place = place
    const voters = votersOf(kind, place.nodeid, group.setting.voters)
    const options = engineOptions(place, group, machine, voters)
    const stored = kind === 'other-group' ? otherGroup(place, voters) : null
    this.#loop = new Loop(
      () => new ReplicatedState(machine, { guard: false }),
      options,
      ports(place, stored),
      this,
    )
  }

  event(event: TransportEvent): void {
    const { nodeid, pid } = this.#place
    if (!this.#started) this.#loop.start({ nodeid, pid })
    this.#started = true
    this.#loop.event(event)
  }

  settle(): void {
    if (this.#started) this.#loop.settle()
  }

  /** It may find out that it is the wrong one, and nothing else. */
  stopped(reason: string, cause: Error): void {
    if (reason !== 'other-group')
      throw new Violation('stopped', `the stranger ${this.#place.nodeid} stops (${reason}): ${cause.message}`)
    this.#place.exit(cause)
  }

  numbered(): void {}

  outcomes(): void {}

  expired(): void {}

  readable(): void {}

  emitted(): void {}

  applied(): void {}

  notice(): void {}
}

function votersOf(kind: StrangerKind, nodeid: number, voters: VoterSet): VoterSet {
  if (kind === 'other-voters') return { ...voters, nodeids: [...voters.nodeids, nodeid] }
  if (kind === 'own-group') return { nodeids: [nodeid], policy: 'majority' }
  return voters
}

function ports(place: Place, record: StorageRecord | null): LoopPorts {
  const start = { index: 0, chain: 0 as never }
  const stored = record && { record, snapshot: null, start, entries: [] }
  const write = (_: StorageWrite, done: (error?: Error) => void): void => done()
  return {
    clock: place.clock,
    send: (bytes) => place.send(bytes),
    wake() {},
    storage: { stored, write },
  }
}

/** Has adopted an epoch of that group, and nothing of it is left but the names. */
function otherGroup({ nodeid, random }: Place, voters: VoterSet): StorageRecord {
  const ballot = {
    number: 1 + random.below(50),
    nodeid,
    incarnation: random.bits53() || 1,
  } as typeof noBallot
  return {
    memory: (random.bits53() || 1) as MemoryId,
    group: { random: random.bits53() || 1, generation: noBallot },
    voters,
    promised: ballot,
    epoch: { ballot, participants: [] },
    blank: false,
    certain: 0,
    commit: 0,
  }
}
