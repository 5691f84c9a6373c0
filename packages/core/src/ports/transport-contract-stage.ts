// Where a case of the contract plays: a cluster, members that are watched, and a limit on every wait.

import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Delivery, Member, TransportEvent, View } from './transport.ts'
import { assertLogsConsistent } from './transport-contract-checks.ts'
import { describeEvent, type MemberLog, memberKey, messageKey } from './transport-contract-log.ts'
import type {
  ContractCluster,
  ContractMember,
  TransportContractSubject,
} from './transport-contract-subject.ts'

const pollMs = 5
const waitMsDefault = 5000
const linesShown = 30

/** A member with its log, and what it has sent. */
export class Witness implements MemberLog {
  readonly member: ContractMember
  readonly events: TransportEvent[] = []
  readonly sent: string[] = []
  readonly #waitMs: number
  readonly #delivered = new Set<string>()

  constructor(member: ContractMember, waitMs: number) {
    this.member = member
    this.#waitMs = waitMs
  }

  get self(): Member {
    return this.member.self
  }

  get messages(): Delivery[] {
    return this.events.filter((event) => event.type === 'message')
  }

  get views(): View[] {
    return this.events.filter((event) => event.type === 'view')
  }

  /** The view in force, once the first has come. */
  get view(): View | undefined {
    return this.views.at(-1)
  }

  /** What the quorum service last said of the ring in force, whichever way it came. */
  get quorate(): boolean | null {
    const ring = this.view?.ring
    let quorate: boolean | null = null
    for (const event of this.events) {
      if (event.type !== 'view' && event.type !== 'quorum') continue
      if (event.ring.nodeid === ring?.nodeid && event.ring.seq === ring.seq)
        quorate = event.quorate ?? quorate
    }
    return quorate
  }

  /** Fetches what is new. Several waits may do so at a time: each leaves out what another has brought meanwhile. */
  async refresh(): Promise<void> {
    const from = this.events.length
    const fresh = await this.member.events(from)
    for (const event of fresh.slice(this.events.length - from)) {
      this.events.push(event)
      if (event.type === 'message') this.#delivered.add(messageKey(event.bytes))
    }
  }

  /** Sends until one is refused; returns how many were accepted. */
  async offer(messages: readonly Uint8Array[]): Promise<number> {
    const accepted = await this.member.send(messages)
    for (const bytes of messages.slice(0, accepted)) this.sent.push(messageKey(bytes))
    return accepted
  }

  /** Sends all, waiting for `drain` where one is refused. */
  async sendAll(messages: readonly Uint8Array[]): Promise<void> {
    let rest = messages
    while (rest.length > 0) {
      await this.refresh()
      const seen = this.events.length
      const accepted = await this.offer(rest)
      rest = rest.slice(accepted)
      if (rest.length > 0) await this.until('drain after a refused send', () => this.has('drain', seen))
    }
  }

  /** Whether an event of this type has come, at `from` or later in the log. */
  has(type: TransportEvent['type'], from = 0): boolean {
    return this.events.slice(from).some((event) => event.type === type)
  }

  delivered(key: string): boolean {
    return this.#delivered.has(key)
  }

  async until(what: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + this.#waitMs
    await this.refresh()
    while (!holds()) {
      if (performance.now() > deadline)
        assert.fail(`${memberKey(this.self)} waits for ${what}; ${this.describe()}`)
      await pause(pollMs)
      await this.refresh()
    }
  }

  untilMembers(members: readonly { readonly self: Member }[]): Promise<void> {
    const wanted = membersKey(members.map(({ self }) => self))
    const isWanted = () => this.view !== undefined && membersKey(this.view.members) === wanted
    return this.until(`a view of [${wanted}]`, isWanted)
  }

  untilMessages(count: number): Promise<void> {
    return this.until(`${count} messages`, () => this.messages.length >= count)
  }

  /** Waits for the last message that `sender` sent. */
  untilLastOf(sender: Witness): Promise<void> {
    const last = sender.sent.at(-1)
    return this.until(
      `the last message of ${memberKey(sender.self)}`,
      () => last === undefined || this.delivered(last),
    )
  }

  describe(): string {
    const lines = this.events.slice(-linesShown).map((event) => `  ${describeEvent(event)}`)
    return `of ${this.events.length} events the last are:\n${lines.join('\n') || '  (none)'}`
  }
}

/** A part of the contract that plays on a stage. */
export type Scene = readonly [name: string, play: (stage: Stage) => Promise<void>]

export class Stage {
  readonly cluster: ContractCluster
  readonly #group: string
  readonly #waitMs: number
  readonly #witnesses = new Map<string, Witness[]>()

  constructor(cluster: ContractCluster, group: string, waitMs: number) {
    this.cluster = cluster
    this.#group = group
    this.#waitMs = waitMs
  }

  /** The id of the cluster's first node, second node … */
  node(place: number): number {
    const nodeid = this.cluster.nodes[place - 1]
    assert.ok(
      nodeid !== undefined,
      `The cluster has ${this.cluster.nodes.length} nodes; the case needs ${place}`,
    )
    return nodeid
  }

  /** Joins on the cluster's `place`th node, in a group of this case alone. */
  async join(place: number, groupSuffix = ''): Promise<Witness> {
    const group = `${this.#group}${groupSuffix}`
    const witness = new Witness(await this.cluster.join(this.node(place), group), this.#waitMs)
    this.#witnesses.set(group, [...(this.#witnesses.get(group) ?? []), witness])
    return witness
  }

  /** One member on each of the first three nodes, who all see each other. */
  async joinThree(): Promise<[Witness, Witness, Witness]> {
    const three: [Witness, Witness, Witness] = [await this.join(1), await this.join(2), await this.join(3)]
    await Promise.all(three.map((witness) => witness.untilMembers(three)))
    return three
  }

  /** Checks what must hold whatever happened. */
  async checkLogs(): Promise<void> {
    for (const witnesses of this.#witnesses.values()) {
      await Promise.all(witnesses.map((witness) => witness.refresh()))
      assertLogsConsistent(witnesses)
    }
  }
}

let stages = 0

/** Opens a cluster, plays the scene, checks the logs of all members, and closes the cluster in any case. */
export async function play(
  subject: TransportContractSubject,
  scene: (stage: Stage) => Promise<void>,
): Promise<void> {
  const cluster = await subject.open(3)
  stages += 1
  try {
    const stage = new Stage(cluster, `contract-${process.pid}-${stages}`, subject.waitMs ?? waitMsDefault)
    await scene(stage)
    await stage.checkLogs()
  } finally {
    await cluster.close()
  }
}

/** Messages that differ from each other and from those with another label, `messageBytes` long or as short as can be. */
export function numbered(label: string, count: number, messageBytes = 0): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => patterned(`${label} ${index}`, messageBytes))
}

/** `text`, filled up to `messageBytes` with bytes of which no stretch repeats soon, so that damage shows. */
export function patterned(text: string, messageBytes: number): Uint8Array {
  const head = Buffer.from(`${text}\n`)
  const bytes = new Uint8Array(Math.max(messageBytes, head.length))
  for (let index = 0, value = head.length; index < bytes.length; index++) {
    value = (Math.imul(value, 1103515245) + 12345) & 0x7fffffff
    bytes[index] = value >>> 16
  }
  bytes.set(head)
  return bytes
}

export function membersKey(members: readonly Member[]): string {
  return members.map(memberKey).sort().join()
}
