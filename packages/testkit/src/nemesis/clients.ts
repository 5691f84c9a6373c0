// Clients on every node: each asks the replica of its own node, waits for the answer, pauses, and asks again.

import { setTimeout as sleep } from 'node:timers/promises'
import { mixSeeds, Random } from '../simulate/world/random.ts'
import type { History } from './history.ts'
import { instantMs } from './instant.ts'
import type { ClientInput } from './orders.ts'
import type { RegisterKey } from './registers.ts'
import type { ReplicaProcess } from './replica-process.ts'

export interface ClientsOptions {
  readonly nodes: readonly number[]
  readonly perNode: number
  readonly seed: number
  readonly history: History
  /** The process on a node that runs now, or that ran last. */
  replica(node: number): ReplicaProcess
  /** A client cannot go on: its replica did what none must do. */
  onFailure(error: Error): void
}

const deadlineMs = 1500
const pauseMsMax = 50
/** After a failure, and while there is nothing to do. */
const failedPauseMs = 40
/** Once in so many times a client asks for much at once: more is then on its way when something breaks. */
const burstEvery = 8
const burstSize = 6
/** A slice of registers is used for so long. Short: unknown outcomes make long histories hard to check. */
const sliceMs = 4000
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']

export class Clients {
  readonly #options: ClientsOptions
  readonly #running: Promise<void>[]
  #resting: readonly number[] = []
  #stopping = false
  #lastId = 0

  /** They begin at once. */
  constructor(options: ClientsOptions) {
    this.#options = options
    this.#running = options.nodes.flatMap((node) =>
      Array.from({ length: options.perNode }, (_, place) => this.#run(node, place).catch(options.onFailure)),
    )
  }

  /** From now on the clients of these nodes rest, once they have their answers, and all others work. */
  rest(nodes: readonly number[]): void {
    this.#resting = nodes
  }

  /** Fulfilled when all have their last answer. */
  async stop(): Promise<void> {
    this.#stopping = true
    await Promise.all(this.#running)
  }

  async #run(node: number, place: number): Promise<void> {
    const { seed, perNode, replica } = this.#options
    const random = new Random(mixSeeds(seed, node * perNode + place))
    const seen = new Map<RegisterKey, number>()
    while (!this.#stopping) {
      const count = random.oneIn(burstEvery) ? burstSize : 1
      const process = replica(node)
      const works = process.alive && !this.#resting.includes(node)
      const asked = works ? Array.from({ length: count }, () => this.#draw(random, seen)) : []
      const answers = asked.map((input) => this.#perform(`${node}.${place}`, process, input, seen))
      const isFine = works && (await Promise.all(answers)).every(Boolean)
      await sleep(isFine ? random.below(pauseMsMax) : failedPauseMs)
    }
  }

  #draw(random: Random, seen: ReadonlyMap<RegisterKey, number>): ClientInput {
    const key = `${Math.floor(instantMs() / sliceMs)}/${random.pick(names)}`
    const chance = random.below(10)
    if (chance < 4) return { type: 'read', key }
    const id = ++this.#lastId
    if (chance < 8) return { type: 'write', key, id }
    return { type: 'compareAndSet', key, id, expected: seen.get(key) ?? 0 }
  }

  /** Whether it succeeded. */
  async #perform(
    client: string,
    process: ReplicaProcess,
    input: ClientInput,
    seen: Map<RegisterKey, number>,
  ): Promise<boolean> {
    const { history } = this.#options
    const recorded = history.begin({ client, input, invokedAt: instantMs() })
    const outcome = await process.perform(input, deadlineMs)
    history.end(recorded, outcome)
    if (input.type === 'read' && outcome.became === 'ok') seen.set(input.key, outcome.value as number)
    return outcome.became === 'ok'
  }
}
