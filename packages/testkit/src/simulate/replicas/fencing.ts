// Fencing, as the policy votequorum needs it: a node that sees a voter outside of its ring has it switched off, and only
// then all of its ring are told so.

import type { Random } from '../world/random.ts'
import type { World } from '../world/world.ts'
import type { Group } from './group.ts'
import type { Replica } from './replica.ts'

export class Fencing {
  readonly #group: Group
  readonly #replicas: ReadonlyMap<number, Replica>
  #world: World | null = null

  constructor(group: Group, replicas: ReadonlyMap<number, Replica>) {
    this.#group = group
    this.#replicas = replicas
  }

  begin(world: World): void {
    this.#world = world
  }

  /** The node at `by` has another one switched off, if it misses one. */
  strike(by: number, random: Random): void {
    const world = this.#world as World
    const { voters } = this.#group.setting
    const ring = world.ringOf(by)
    const missed = voters.nodeids.filter((nodeid) => !ring.includes(nodeid))
    if (voters.policy !== 'votequorum' || missed.length === 0 || ring.length === 0) return
    const nodeid = random.pick(missed)
    world.cause('powerLoss', nodeid)
    if (world.isRunning(nodeid)) return
    this.#group.census.count('node fenced')
    for (const each of ring) if (world.isRunning(each)) this.#report(each, nodeid)
  }

  #report(to: number, nodeid: number): void {
    const replica = this.#replicas.get(to)
    if (replica?.isStarted !== true) return
    replica.loop.input({ type: 'fenced', nodeid })
    replica.settle()
  }
}
