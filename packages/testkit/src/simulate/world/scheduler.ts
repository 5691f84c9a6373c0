// What happens next: something by chance, of all that can happen; time passes when nothing can. One step is one
// action of one node, or a fault.

import type { Environment } from './environment.ts'
import type { Incidents } from './incidents.ts'
import type { Network } from './network.ts'
import type { Node } from './node.ts'
import type { Random } from './random.ts'

/** What one node can do. */
export type Action =
  /** The token comes by: it sends. */
  | 'send'
  | 'receive'
  /** Its process takes some events, or writes that are done, or a timer. */
  | 'turn'
  /** It agrees with its new ring on the group's list. */
  | 'sync'
  /** Its disk finishes writes. */
  | 'write'
  /** Its process or its daemon begins anew. */
  | 'begin'
  /** It looks whether its ring is still the right one. */
  | 'reform'
  | 'client'

const weights: Readonly<Record<Action, number>> = {
  send: 17,
  receive: 27,
  turn: 34,
  sync: 5,
  write: 9,
  begin: 2,
  reform: 3,
  client: 4,
}

const actions = (Object.keys(weights) as Action[]).flatMap((action) =>
  Array<Action>(weights[action]).fill(action),
)
/** What is under way, and goes on before time passes. */
const underWay: readonly Action[] = ['turn', 'receive', 'send', 'sync', 'write']
/** In a calm world nothing is left as it is. */
const toMend: readonly Action[] = [...underWay, 'begin', 'reform']

/** Attempts at finding something to do by chance, before everything is looked at. */
const attemptsMax = 8
/** How far time may pass at once. */
const idleUsMax = 1_000_000
/** After some faults others follow soon: so many steps are so many times as dangerous. */
const dangerousSteps = 30
const danger = 4
const dangerOneIn = 4
/** What is down stays down in a faulty world, until one in so many looks at it. */
const beginOneIn = 4
/** In a calm world messages take less than timeouts: microseconds of a step, at most. */
const calmStepUsMax = 100
const packetsPerToken = 4
const writesAtOnce = 4

export class Scheduler {
  readonly #environment: Environment
  readonly #nodes: readonly Node[]
  readonly #network: Network
  readonly #incidents: Incidents
  readonly #client: ((nodeid: number, random: Random) => void) | undefined
  #dangerousSteps = 0

  constructor(
    environment: Environment,
    nodes: readonly Node[],
    network: Network,
    incidents: Incidents,
    client: ((nodeid: number, random: Random) => void) | undefined,
  ) {
    this.#environment = environment
    this.#nodes = nodes
    this.#network = network
    this.#incidents = incidents
    this.#client = client
  }

  /** One step. */
  step(): void {
    const { random, traits, calm } = this.#environment
    const stepUs = calm ? Math.min(traits.stepUs, calmStepUsMax) : traits.stepUs
    this.#environment.nowUs += 1 + random.below(2 * stepUs)
    if (!calm && this.#isDue()) this.#strike()
    else if (!this.#attempt() && !this.#lookAtAll()) this.#idle()
  }

  /** One action of the node at `place`; whether there was anything to do. */
  act(action: Action, place: number): boolean {
    const node = this.#nodes[place] as Node
    switch (action) {
      case 'send':
        return this.#send(node)
      case 'receive':
        return this.#network.receive(place)
      case 'turn':
        return node.process?.turn() ?? false
      case 'sync':
        return this.#sync(node)
      case 'write':
        return this.#write(node)
      case 'begin':
        return this.#begin(node)
      case 'reform':
        return this.#network.reform(place)
      case 'client':
        return this.#callClient(node)
    }
  }

  #isDue(): boolean {
    const { random, traits } = this.#environment
    if (this.#dangerousSteps === 0) return random.oneIn(traits.stepsPerFault)
    this.#dangerousSteps -= 1
    return random.oneIn(Math.ceil(traits.stepsPerFault / danger))
  }

  #strike(): void {
    if (this.#environment.random.oneIn(dangerOneIn)) this.#dangerousSteps = dangerousSteps
    this.#incidents.strike()
  }

  #attempt(): boolean {
    const { random } = this.#environment
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      if (this.act(random.pick(actions), random.below(this.#nodes.length))) return true
    }
    return false
  }

  #lookAtAll(): boolean {
    const { random, calm } = this.#environment
    const count = this.#nodes.length
    const first = random.below(count)
    for (const action of calm ? toMend : underWay) {
      for (let each = 0; each < count; each++) if (this.act(action, (first + each) % count)) return true
    }
    return false
  }

  /** To the moment at which something can happen again. */
  #idle(): void {
    const { nowUs } = this.#environment
    let untilUs = nowUs + idleUsMax
    for (const { process, daemon, disk } of this.#nodes) {
      untilUs = earlier(nowUs, untilUs, daemon.slowToSendUntilUs)
      untilUs = earlier(nowUs, untilUs, daemon.slowToReceiveUntilUs)
      if (disk !== null) untilUs = earlier(nowUs, untilUs, disk.slowUntilUs)
      if (process === null) continue
      untilUs = earlier(nowUs, untilUs, Math.max(process.timerUs, process.hungUntilUs))
    }
    this.#environment.nowUs = untilUs
    this.#environment.count('nothing to do: time passed')
  }

  #send({ daemon }: Node): boolean {
    const { random, nowUs } = this.#environment
    if (!daemon.synced || daemon.outgoing.length === 0 || daemon.slowToSendUntilUs > nowUs) return false
    daemon.order(1 + random.below(packetsPerToken))
    return true
  }

  #sync({ daemon }: Node): boolean {
    if (!daemon.alive || daemon.synced) return false
    daemon.sync()
    return true
  }

  #write({ disk, process }: Node): boolean {
    if (disk === null || process === null || disk.idle) return false
    const written = disk.complete(1 + this.#environment.random.below(writesAtOnce))
    process.written(written)
    return written.length > 0
  }

  #begin(node: Node): boolean {
    const { calm, random } = this.#environment
    const isDown = node.process === null || !node.daemon.alive
    if (!isDown || !(calm || random.oneIn(beginOneIn))) return false
    if (node.process === null) node.start()
    else this.#startDaemon(node)
    return true
  }

  #startDaemon(node: Node): void {
    node.startDaemon()
    this.#network.refresh()
  }

  #callClient({ nodeid, process }: Node): boolean {
    const { calm, nowUs, random } = this.#environment
    if (this.#client === undefined || calm || process === null || process.hungUntilUs > nowUs) return false
    this.#environment.count('client called')
    this.#client(nodeid, random)
    process.settle()
    return true
  }
}

/** The earlier of two moments, unless the second has passed. */
function earlier(nowUs: number, untilUs: number, otherUs: number): number {
  return otherUs > nowUs && otherUs < untilUs ? otherUs : untilUs
}
