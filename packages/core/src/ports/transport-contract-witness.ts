// A member as the contract watches it: its log as far as fetched, what it has sent, and waits that end.

import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Delivery, Member, TransportEvent, View } from './transport.ts'
import { describeEvent, type MemberLog, memberKey, messageKey } from './transport-contract-log.ts'
import type { ContractMember } from './transport-contract-subject.ts'

const pollMs = 5
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

export function membersKey(members: readonly Member[]): string {
  return members.map(memberKey).sort().join()
}
