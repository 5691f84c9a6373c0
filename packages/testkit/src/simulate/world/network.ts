// Who can reach whom, and which rings form of it: of all that reach each other, of those of one old ring, or of some
// only, as happens while the nodes still look for each other.

import type { Daemon } from './daemon.ts'
import type { Environment } from './environment.ts'
import type { NodeSet } from './packet.ts'
import { formRing, nodeSet } from './ring-change.ts'

/** A ring that could stay loses its token once in so many looks at it. */
const tokenLossOneIn = 100
/** How far ahead of the first missing packet a node receives. */
const receiveAhead = 10

export class Network {
  readonly #environment: Environment
  readonly #daemons: readonly Daemon[]
  readonly #quorate: (nodeids: readonly number[]) => boolean
  /** By place in `daemons`: nodes reach each other when these are the same. */
  readonly #parts: number[]
  /** By place in `daemons`: nodes that it does not hear, although they hear it. */
  readonly #unheard: NodeSet[]
  /** By place in `daemons`: living nodes of the same ring that it can hear. */
  readonly #sources: NodeSet[]

  constructor(
    environment: Environment,
    daemons: readonly Daemon[],
    quorate: (nodeids: readonly number[]) => boolean,
  ) {
    this.#environment = environment
    this.#daemons = daemons
    this.#quorate = quorate
    this.#parts = daemons.map(() => 0)
    this.#unheard = daemons.map(() => 0)
    this.#sources = daemons.map(() => 0)
    this.refresh()
  }

  /** After a daemon died or started. */
  refresh(): void {
    for (const [place, daemon] of this.#daemons.entries()) {
      const heard = this.#reachable(place).filter(({ ring }) => ring === daemon.ring)
      this.#sources[place] = nodeSet(heard) & ~daemon.bit & ~(this.#unheard[place] as NodeSet)
    }
  }

  /** Divides the nodes by chance into up to three parts. */
  partition(): void {
    const { random } = this.#environment
    const count = 1 + random.below(3)
    this.divide(this.#parts.map(() => random.below(count)))
  }

  /** Nodes reach each other when their parts are the same, by place in the list of daemons. */
  divide(parts: readonly number[]): void {
    for (let place = 0; place < this.#parts.length; place++) this.#parts[place] = parts[place] ?? 0
    this.#unheard.fill(0)
    this.#environment.count('connectivity changed')
    this.#environment.note(() => `the nodes' parts are now ${this.#parts.join(' ')}`)
    this.refresh()
  }

  heal(): void {
    this.#parts.fill(0)
    this.#unheard.fill(0)
    this.#environment.count('connectivity restored')
    this.#environment.note(() => 'all nodes reach each other')
    this.refresh()
  }

  /** Some do not hear this node from now on. */
  muffle(place: number): void {
    const { bit, nodeid, alive } = this.#daemons[place] as Daemon
    if (!alive) return
    const { random } = this.#environment
    for (let other = 0; other < this.#unheard.length; other++)
      if (other !== place && random.oneIn(2)) this.#unheard[other] = (this.#unheard[other] as NodeSet) | bit
    this.#environment.count('node not heard by some that it hears')
    this.#environment.note(() => `node ${nodeid} is not heard by some`)
    this.refresh()
  }

  /** As totem does with a node that receives nothing for long. */
  ringAlone(place: number): void {
    const daemon = this.#daemons[place] as Daemon
    if (!daemon.alive || daemon.ring.nodes === daemon.bit) return
    this.#environment.count('ring of one node that reaches others')
    formRing(this.#environment, [daemon], this.#quorate)
    this.refresh()
  }

  /** Receives some of what the ring has and this node lacks. Whether it received any. */
  receive(place: number): boolean {
    const daemon = this.#daemons[place] as Daemon
    const { held } = daemon.ring
    if (!daemon.alive || daemon.next === held.length) return false
    if (daemon.slowToReceiveUntilUs > this.#environment.nowUs) return false
    const received = this.#receiveSome(daemon, this.#sources[place] as NodeSet)
    if (received) daemon.deliver()
    return received
  }

  /** A node looks whether its ring is still the right one. Whether a new one formed. */
  reform(place: number): boolean {
    const daemon = this.#daemons[place] as Daemon
    if (!daemon.alive) return false
    const reachable = this.#reachable(place)
    const companions = reachable.filter(({ ring }) => ring === daemon.ring)
    const stable = companions.length === reachable.length && daemon.ring.nodes === nodeSet(companions)
    const chosen = stable ? this.#loseToken(companions) : this.#choose(daemon, reachable, companions)
    if (chosen.length === 0) return false
    formRing(this.#environment, chosen, this.#quorate)
    this.refresh()
    return true
  }

  #receiveSome(daemon: Daemon, sources: NodeSet): boolean {
    const { random, calm } = this.#environment
    const { held } = daemon.ring
    const end = Math.min(held.length, daemon.next + receiveAhead)
    let received = false
    for (let place = daemon.next; place < end; place++) {
      const holders = held[place] as NodeSet
      if ((holders & daemon.bit) !== 0 || (holders & sources) === 0 || !(calm || random.oneIn(2))) continue
      held[place] = holders | daemon.bit
      received = true
    }
    return received
  }

  #reachable(place: number): Daemon[] {
    return this.#daemons.filter((daemon, other) => daemon.alive && this.#parts[other] === this.#parts[place])
  }

  #loseToken(companions: readonly Daemon[]): readonly Daemon[] {
    if (this.#environment.calm || !this.#environment.random.oneIn(tokenLossOneIn)) return []
    this.#environment.count('ring reformed with the same nodes')
    return companions
  }

  /** Of which nodes a ring forms now; none when that would be the ring that is there. */
  #choose(daemon: Daemon, reachable: readonly Daemon[], companions: readonly Daemon[]): readonly Daemon[] {
    const { random, calm } = this.#environment
    const chance = random.below(100)
    if (calm || chance < 55) return reachable
    const chosen = chance < 80 ? companions : reachable.filter((each) => each === daemon || random.oneIn(2))
    const same = nodeSet(chosen) === daemon.ring.nodes && chosen.every(({ ring }) => ring === daemon.ring)
    if (same) return []
    if (chosen.length < reachable.length) this.#environment.count('ring that leaves reachable nodes out')
    return chosen
  }
}
