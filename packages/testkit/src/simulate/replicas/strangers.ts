// Nodes behind the group's own whose processes are configured wrongly, and speak under the group's name (docs/protocol.md,
// R5.25 to R5.28). Their operator mends the configuration when it keeps the group from beginning.

import type { Machine } from '@quorate/core/simulation'
import type { Place } from '../world/place.ts'
import type { World } from '../world/world.ts'
import type { Group } from './group.ts'
import { replicaCount } from './setting.ts'
import { Stranger, type StrangerKind } from './stranger.ts'

const kinds = ['other-voters', 'own-group', 'other-group'] as const

export class Strangers {
  readonly #group: Group
  readonly #machine: Machine
  #world: World | null = null
  #areMended = false

  constructor(group: Group) {
    this.#group = group
    this.#machine = group.programs.newest
  }

  begin(world: World): void {
    this.#world = world
  }

  /** Whether the group's own nodes end before this one. */
  has(nodeid: number): boolean {
    return nodeid > replicaCount(this.#group.setting)
  }

  start(place: Place): Stranger {
    const kind: StrangerKind = this.#areMended ? 'learner' : place.random.pick(kinds)
    this.#group.census.count(`stranger begins: ${kind}`)
    return new Stranger(place, this.#group, this.#machine, kind)
  }

  /** From now on they are learners of the group. Whether there was anything to mend. */
  mend(): boolean {
    const { voters, learners, strangers } = this.#group.setting
    if (this.#areMended || strangers === 0) return false
    this.#areMended = true
    const first = voters.nodeids.length + learners + 1
    for (let each = 0; each < strangers; each++) this.#world?.cause('crash', first + each)
    return true
  }
}
