// Thousands of short runs of random operations, each from a seed, and what the port guarantees checked over the
// logs of all members. A failure names its seed; QUORATE_SEED=N plays that run alone and prints its transcript.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { choiceFrom } from '../choice.test-support.ts'
import type { Channel, TransportEvent } from '../ports/transport.ts'
import { logViolations } from '../ports/transport-contract-checks.ts'
import { describeEvent, memberKey } from '../ports/transport-contract-log.ts'
import type { MemoryNetwork } from './memory-network.ts'
import { type LoggedMember, loggedMember, manualNetwork } from './memory-stage.test-support.ts'

const runs = 3000
const operationsPerRun = 60
const seedAlone = process.env['QUORATE_SEED']

class RandomRun {
  readonly aborts: boolean
  readonly #nodes: readonly number[]
  readonly #choose: (count: number) => number
  readonly #network: MemoryNetwork
  readonly #down = new Set<number>()
  readonly #ended = new Set<LoggedMember>()
  readonly members: LoggedMember[] = []
  /** Members whose daemon died at some time: what they had sent may be lost. */
  readonly broken = new Set<number>()
  readonly refusedJoins: string[] = []
  #said = 0

  constructor(seed: number) {
    this.#choose = choiceFrom(seed)
    this.#nodes = Array.from({ length: 2 + this.#choose(3) }, (_, index) => index + 1)
    this.aborts = this.#choose(4) === 0
    this.#network = manualNetwork(this.#nodes, {
      choose: this.#choose,
      quorum: this.#choose(2) === 0 ? 'before' : 'after',
      mergeLoss: this.#choose(3),
      queueMessagesMax: 1 + this.#choose(4),
    })
  }

  async play(): Promise<void> {
    for (const nodeid of this.#nodes) this.#join(nodeid)
    for (let count = 0; count < operationsPerRun; count++) {
      await this.#operate()
      await nextTurn()
    }
    for (const nodeid of this.#down) this.#network.restartNode(nodeid)
    for (const nodeid of this.#nodes) this.#network.release(nodeid)
    this.#network.heal()
    await this.#settle()
  }

  transcript(): string[] {
    return this.members.flatMap(({ self, events }) =>
      events.map((event) => `${memberKey(self)} ${describeEvent(event)}`),
    )
  }

  /** Own messages that never came back although the membership lasted. */
  ownMissing(): string[] {
    const lasting = this.members.filter(
      (member) => !this.#ended.has(member) && !this.broken.has(member.self.nodeid),
    )
    return lasting.flatMap(({ self, sent, events }) => {
      const own = events.filter(
        (event) => event.type === 'message' && memberKey(event.from) === memberKey(self),
      )
      return own.length === sent.length
        ? []
        : [`${memberKey(self)} sent ${sent.length} and delivered ${own.length}`]
    })
  }

  /** Members that live on and do not see all others in the end. */
  apartAtTheEnd(): string[] {
    const living = this.members.filter((member) => !this.#ended.has(member))
    const wanted = living
      .map(({ self }) => memberKey(self))
      .sort()
      .join()
    return living.flatMap(({ self, events }) => {
      const view = events.findLast((event) => event.type === 'view')
      const seen = view?.members.map(memberKey).sort().join()
      return seen === wanted ? [] : [`${memberKey(self)} ends in [${seen}], not in [${wanted}]`]
    })
  }

  async #operate(): Promise<void> {
    const operation = this.#choose(40)
    if (operation < 18) this.#steps()
    else if (operation < 30) this.#say()
    else if (operation < 32) this.#network.withhold(this.#node(), [this.#node()])
    else if (operation < 33) this.#network.release(this.#node())
    else if (operation < 35) this.#network.partition(this.#components())
    else if (operation < 36) this.#network.heal()
    else if (operation < 37) this.#reform()
    else if (operation < 38) this.#crashOrRestart()
    else if (operation < 39) this.#join(this.#node())
    else await this.#end()
  }

  #steps(): void {
    for (let count = this.#choose(12); count > 0; count--) this.#network.step()
  }

  #say(): void {
    const speakers = this.members.filter((member) => !this.#ended.has(member))
    this.#said += 1
    speakers[this.#choose(Math.max(1, speakers.length))]?.say(`message ${this.#said}`)
  }

  #node(): number {
    return this.#nodes[this.#choose(this.#nodes.length)] ?? 1
  }

  #components(): number[][] {
    const components: number[][] = this.#nodes.map(() => [])
    for (const nodeid of this.#nodes) components[this.#choose(2)]?.push(nodeid)
    return components
  }

  #reform(): void {
    const living = this.#nodes.filter((nodeid) => !this.#down.has(nodeid) && this.#choose(3) > 0)
    if (living.length > 0) this.#network.reform(living, { aborted: this.aborts && this.#choose(2) === 0 })
  }

  #crashOrRestart(): void {
    const nodeid = this.#node()
    if (this.#down.delete(nodeid)) this.#network.restartNode(nodeid)
    else {
      this.#network.crashNode(nodeid)
      this.#down.add(nodeid)
      this.broken.add(nodeid)
    }
  }

  /** A join ends when steps have been taken, or when the daemon dies under it. */
  #join(nodeid: number): void {
    if (this.#down.has(nodeid)) return
    const events: TransportEvent[] = []
    const joining = this.#network.node(nodeid).join('group', (event) => events.push(event))
    const joined = (channel: Channel) => this.members.push(loggedMember(channel, events))
    void joining.then(joined, (error: Error) => this.refusedJoins.push(error.message))
  }

  async #end(): Promise<void> {
    const member = this.members[this.#choose(this.members.length)]
    if (member === undefined || this.#ended.has(member)) return
    this.#ended.add(member)
    if (this.#choose(2) === 0) await member.channel.close()
    else this.#network.killProcess(member.self)
  }

  /** Joins are handed over between turns of the event loop. */
  async #settle(): Promise<void> {
    this.#network.drain()
    await nextTurn()
    this.#network.drain()
  }
}

async function playRun(seed: number): Promise<RandomRun> {
  const run = new RandomRun(seed)
  await run.play()
  return run
}

test('whatever happens, the logs keep what the port guarantees', async () => {
  const seeds =
    seedAlone === undefined ? Array.from({ length: runs }, (_, seed) => seed) : [Number(seedAlone)]
  for (const seed of seeds) {
    const run = await playRun(seed)
    if (seedAlone !== undefined) console.log(run.transcript().join('\n'))
    const found = [
      ...logViolations(run.members, { completeness: !run.aborts }),
      ...run.ownMissing(),
      ...run.apartAtTheEnd(),
    ]
    assert.equal(found, [], `Seed ${seed}`)
  }
})

test('the same seed gives the same events, another seed others', async () => {
  const [first, again, other] = [await playRun(7), await playRun(7), await playRun(8)]
  assert.equal(first.transcript(), again.transcript())
  assert.not.equal(first.transcript(), other.transcript())
})

test.run()
