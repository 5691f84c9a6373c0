// The operator's force commands (docs/protocol.md, R5.30): of one who was asked, and of one who forces in haste, while a
// majority may be away, well, and going on.

import type { Random } from '../world/random.ts'
import type { World } from '../world/world.ts'
import type { Group } from './group.ts'
import type { Replica } from './replica.ts'

const restlessOneIn = 6
const namesLogOneIn = 3

export class Operator {
  readonly #group: Group
  readonly #replicas: ReadonlyMap<number, Replica>
  #world: World | null = null
  /** From then on states may have been set aside. */
  hasForced = false

  constructor(group: Group, replicas: ReadonlyMap<number, Replica>) {
    this.#group = group
    this.#replicas = replicas
  }

  begin(world: World): void {
    this.#world = world
  }

  /** In haste, mostly at a replica that misses voters. */
  strike(random: Random): void {
    if (this.#group.setting.operator !== 'hasty') return
    const replicas = [...this.#replicas.values()].filter((each) => this.#mayForce(each))
    const troubled = replicas.filter(({ state }) => state.obstacle !== null)
    const replica = random.oneIn(restlessOneIn) ? random.pick(replicas) : random.pick(troubled)
    if (replica === undefined) return
    const members = replica.state.view?.members ?? []
    this.#force(replica, random.oneIn(namesLogOneIn) ? random.pick(members).nodeid : null)
  }

  /** Who begins a group from blank voters, beside the one that there is, has lost that: no operator here does. */
  #mayForce({ nodeid, isStarted, state: { view, group } }: Replica): boolean {
    return isStarted && this.#world?.isResponsive(nodeid) === true && view !== null && group !== null
  }

  /** Every voter is here, and they cannot go on without him. What he said holds for a round: that may take its time. */
  answer(replica: Replica): void {
    const { round } = replica.state
    if (round !== null && round.force !== null && !round.expired) return
    this.#group.census.count('operator answers')
    this.#force(replica, null)
  }

  #force(replica: Replica, logOf: number | null): void {
    const { loop, state } = replica
    const present = state.view?.members.map(({ nodeid }) => nodeid) ?? []
    const missing = state.voters.nodeids.filter((nodeid) => !present.includes(nodeid))
    if (logOf !== null) this.#group.census.count('operator forces the log of a node')
    else if (missing.length > 0) this.#group.census.count('operator gives up the missing')
    this.hasForced = true
    loop.input({ type: 'force', force: { missing, logOf, voters: null } })
    replica.settle()
  }
}
