// What each kind of fault does. Who is struck is by chance, but in half of all cases it is the node that sent last:
// there is something to break.

import type { Environment } from './environment.ts'
import { FaultDice, type FaultKind } from './faults.ts'
import type { Network } from './network.ts'
import type { Node } from './node.ts'
import type { Random } from './random.ts'
import type { WorldEventKind } from './statistics.ts'

/** The caller's own fault on a node. */
export type Disturb = (nodeid: number, random: Random) => void

const hourMs = 3_600_000
const wallJumpHoursMax = 24
const clockRates = [0.5, 0.99, 1, 1.01, 2]
/** How long something hangs or is slow, in steps of the run. */
const slowStepsLeast = 30
const slowStepsMore = 400
/** Of so many nodes one keeps its power when most lose it. */
const keepsPowerOneIn = 4

export class Incidents {
  readonly #environment: Environment
  readonly #nodes: readonly Node[]
  readonly #network: Network
  readonly #disturb: Disturb | undefined
  readonly #dice: FaultDice
  readonly #causes: Readonly<Record<FaultKind, (node: Node) => void>> = {
    partition: () => this.#network.partition(),
    heal: () => this.#network.heal(),
    ringAlone: ({ nodeid }) => this.#network.ringAlone(nodeid - 1),
    oneWay: ({ nodeid }) => this.#network.muffle(nodeid - 1),
    crash: (node) => node.crash(),
    powerLoss: (node) => this.#losePower([node]),
    massPowerLoss: () => this.#loseMostPower(),
    daemonDeath: (node) => this.#killDaemon(node),
    hang: (node) => this.#hang(node),
    slowToSend: (node) => this.#slowToSend(node),
    slowToReceive: (node) => this.#slowToReceive(node),
    slowDisk: (node) => this.#slowDisk(node),
    fullDisk: (node) => this.#fillDisk(node),
    wallJump: (node) => this.#jumpWallClock(node),
    drift: (node) => this.#drift(node),
    disturb: (node) => this.#disturbAt(node),
  }

  constructor(
    environment: Environment,
    nodes: readonly Node[],
    network: Network,
    disturb: Disturb | undefined,
  ) {
    this.#environment = environment
    this.#nodes = nodes
    this.#network = network
    this.#disturb = disturb
    this.#dice = new FaultDice(environment.traits.weights)
  }

  /** A fault by chance. */
  strike(): void {
    const kind = this.#dice.throw(this.#environment.random)
    if (kind !== undefined) this.cause(kind, this.#victim())
  }

  /** This fault, on this node where it is one of a node. */
  cause(kind: FaultKind, node: Node): void {
    this.#environment.trace.mix(node.nodeid, this.#environment.nowUs)
    this.#causes[kind](node)
  }

  /** Everything that can be mended is. */
  mendAll(): void {
    this.#network.heal()
    for (const { process, daemon, clock, disk } of this.#nodes) {
      if (process !== null) process.hungUntilUs = 0
      daemon.slowToSendUntilUs = 0
      daemon.slowToReceiveUntilUs = 0
      clock.drift(1)
      disk?.mend()
    }
  }

  #victim(): Node {
    const { random, lastSender } = this.#environment
    const sender = this.#nodes[lastSender - 1]
    return sender !== undefined && random.oneIn(2) ? sender : random.pick(this.#nodes)
  }

  #losePower(nodes: readonly Node[]): void {
    for (const node of nodes) node.powerOff()
    this.#network.refresh()
  }

  #loseMostPower(): void {
    this.#environment.count('power lost at most nodes')
    this.#losePower(this.#nodes.filter(() => !this.#environment.random.oneIn(keepsPowerOneIn)))
  }

  #killDaemon(node: Node): void {
    node.killDaemon()
    this.#network.refresh()
  }

  #hang({ nodeid, process }: Node): void {
    if (process === null) return
    process.hungUntilUs = this.#soonUs()
    this.#count('process hung', nodeid)
  }

  #slowToSend({ nodeid, daemon }: Node): void {
    daemon.slowToSendUntilUs = this.#soonUs()
    this.#count('node slow to send', nodeid)
  }

  #slowToReceive({ nodeid, daemon }: Node): void {
    daemon.slowToReceiveUntilUs = this.#soonUs()
    this.#count('node slow to receive', nodeid)
  }

  #slowDisk({ nodeid, disk }: Node): void {
    if (disk === null) return
    disk.slowUntilUs = this.#soonUs()
    this.#count('disk slow', nodeid)
  }

  #fillDisk({ nodeid, disk }: Node): void {
    if (disk === null) return
    disk.full = true
    this.#count('disk full', nodeid)
  }

  #jumpWallClock({ nodeid, clock }: Node): void {
    const hours = this.#environment.random.below(2 * wallJumpHoursMax + 1) - wallJumpHoursMax
    clock.jump(hours * hourMs)
    this.#count('wall clock jumped', nodeid)
  }

  #drift({ nodeid, clock }: Node): void {
    clock.drift(this.#environment.random.pick(clockRates))
    this.#count('clock drifts', nodeid)
  }

  #disturbAt({ nodeid, process }: Node): void {
    if (this.#disturb === undefined || process === null) return
    if (process.hungUntilUs > this.#environment.nowUs) return
    this.#count('disturbed by the caller', nodeid)
    this.#disturb(nodeid, this.#environment.random)
    process.settle()
  }

  #count(kind: WorldEventKind, nodeid: number): void {
    this.#environment.count(kind)
    this.#environment.note(() => `node ${nodeid}: ${kind}`)
  }

  #soonUs(): number {
    const { random, nowUs, traits } = this.#environment
    return nowUs + traits.stepUs * (slowStepsLeast + random.below(slowStepsMore))
  }
}
