// One member: takes commands, multicasts them, and applies what comes in the order in which it comes.
//
// The smallest honest form: a command is answered when its own multicast has come back. That proves an order, not
// that anybody else has it: a member that is cut off would answer as well, and a member that joins late has no past.
// The replicated log that mends both is what the next releases bring (CHANGELOG.md).

import type { Channel, Delivery, Transport, TransportEvent, View } from '@quorate/core'
import { Packr } from 'msgpackr'
import { type Calculate, type Calculator, digest, initial, reduce } from './machine.ts'

const packr = new Packr({ useRecords: false })

type Command = readonly [number: number, who: string, times: number, plus: number]

function isCommand(value: unknown): value is Command {
  if (!Array.isArray(value) || value.length !== 4) return false
  const [number, who, times, plus] = value
  return typeof who === 'string' && [number, times, plus].every(Number.isSafeInteger)
}

export class CalculatorMember {
  readonly #open = new Map<number, (value: number) => void>()
  #channel: Channel | undefined
  #state: Calculator = initial
  #view: View | undefined
  #numbers = 0
  #refused: Uint8Array[] = []

  /** Joins the group. */
  static async join(transport: Transport, group: string): Promise<CalculatorMember> {
    const member = new CalculatorMember()
    member.#channel = await transport.join(group, (event) => member.#take(event))
    return member
  }

  get nodeid(): number {
    return (this.#channel as Channel).self.nodeid
  }

  /** How many members are in the group, as this one sees it. */
  get members(): number {
    return this.#view?.members.length ?? 0
  }

  get state(): Calculator {
    return this.#state
  }

  get digest(): string {
    return digest(this.#state)
  }

  /** Multicasts a command; the promise brings the value right after it was applied here. */
  calculate({ who, times, plus }: Calculate): Promise<number> {
    const number = ++this.#numbers
    this.#send(packr.pack([number, who, times, plus]))
    return new Promise((resolve) => this.#open.set(number, resolve))
  }

  close(): Promise<void> {
    return (this.#channel as Channel).close()
  }

  #send(bytes: Uint8Array): void {
    if (this.#refused.length > 0 || !(this.#channel as Channel).send(bytes)) this.#refused.push(bytes)
  }

  #take(event: TransportEvent): void {
    if (event.type === 'view') this.#view = event
    if (event.type === 'message') this.#apply(event)
    if (event.type === 'drain') for (const bytes of this.#refused.splice(0)) this.#send(bytes)
    if (event.type === 'down') console.error(`The membership ended: ${event.error.message}`)
  }

  #apply({ from, bytes }: Delivery): void {
    const command: unknown = packr.unpack(bytes)
    if (!isCommand(command))
      throw new Error(`Member ${from.nodeid}:${from.pid} sent something that is no command.`)
    const [number, who, times, plus] = command
    this.#state = reduce(this.#state, { who, times, plus })
    const { nodeid, pid } = (this.#channel as Channel).self
    if (from.nodeid !== nodeid || from.pid !== pid) return
    this.#open.get(number)?.(this.#state.value)
    this.#open.delete(number)
  }
}
