// Which program each node runs: a rolling upgrade under load, and now and then a node that is taken back, and so is too
// old for what the group has agreed on (docs/protocol.md, R5.33 and R5.34).

import type { Machine } from '@quorate/core/simulation'
import type { Random } from '../world/random.ts'
import type { World } from '../world/world.ts'
import type { Census } from './events/census.ts'

const takenBackOneIn = 3
/** Nodes of which the operator takes care at a time. */
const atOnceMax = 3

export class Programs {
  readonly #machines: readonly Machine[]
  readonly #census: Census
  /** By node: place in `machines`; at first 0. */
  readonly #places = new Map<number, number>()
  #world: World | null = null

  /** `machines`: in the order of their versions. With one there is nothing to upgrade. */
  constructor(machines: readonly Machine[], census: Census) {
    this.#machines = machines
    this.#census = census
  }

  begin(world: World): void {
    this.#world = world
  }

  of(nodeid: number): Machine {
    return this.#machines[this.#placeOf(nodeid)] as Machine
  }

  get newest(): Machine {
    return this.#machines[this.#last] as Machine
  }

  /** Whether every node has the newest. */
  areNewest(nodeids: Iterable<number>): boolean {
    return [...nodeids].every((nodeid) => this.#placeOf(nodeid) === this.#last)
  }

  /** Some of those that are behind the others get the next program, or one gets the program before. */
  strike(nodeids: readonly number[], random: Random): void {
    if (this.#last === 0) return
    const back = random.oneIn(takenBackOneIn) ? random.pick(nodeids) : undefined
    if (back !== undefined && this.#placeOf(back) > 0) {
      this.#census.count('program taken back')
      this.#replace(back, this.#placeOf(back) - 1)
      return
    }
    const lowest = Math.min(...nodeids.map((nodeid) => this.#placeOf(nodeid)))
    const behind = nodeids.filter((nodeid) => this.#placeOf(nodeid) === lowest)
    for (let count = 0; count < atOnceMax; count++) this.#replace(random.pick(behind), lowest + 1)
  }

  /** In the calm: one node more gets the newest, the first that the fault model allows. */
  finishOne(nodeids: Iterable<number>): void {
    for (const nodeid of nodeids)
      if (this.#placeOf(nodeid) !== this.#last && this.#replace(nodeid, this.#last)) return
  }

  /** It cannot run what its storage has agreed on: it did not start, and gets the newest. */
  refused(nodeid: number): void {
    this.#census.count('program too old for its storage')
    this.#places.set(nodeid, this.#last)
  }

  get #last(): number {
    return this.#machines.length - 1
  }

  #placeOf(nodeid: number): number {
    return this.#places.get(nodeid) ?? 0
  }

  /** Whether it may, and does. */
  #replace(nodeid: number, place: number): boolean {
    if (place > this.#last) return false
    this.#world?.cause('crash', nodeid)
    if (this.#world?.isRunning(nodeid) !== false) return false
    this.#places.set(nodeid, place)
    this.#census.count('program replaced')
    return true
  }
}
