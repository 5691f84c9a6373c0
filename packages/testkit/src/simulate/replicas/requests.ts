// What the clients of one replica wait for: commands and linearizable reads, by the numbers that the loop gives them.

import type { CommandOutcome, Loop } from '@quorate/core/simulation'
import { encodeCommand } from '@quorate/core/simulation'

/** What a client hears of its command; `unknown`: its session has ended. */
export type Outcome = CommandOutcome | { readonly type: 'unknown' }

/** A command that was given to the loop. */
export interface Submitted {
  /** Under which it was sent; `undefined`: it was not, so far. */
  readonly number: number | undefined
}

interface Command extends Submitted {
  readonly hear: (outcome: Outcome) => void
  number: number | undefined
}

export class Requests {
  readonly #loop: () => Loop
  readonly #commands = new Map<number, Command>()
  /** By the number under which it was sent. */
  readonly #requests = new Map<number, number>()
  readonly #reads = new Map<number, () => void>()
  #last = 0

  constructor(loop: () => Loop) {
    this.#loop = loop
  }

  /** Those that wait. */
  get count(): number {
    return this.#commands.size + this.#reads.size
  }

  submit(name: string, input: unknown, hear: (outcome: Outcome) => void): Submitted {
    const request = ++this.#last
    const command: Command = { hear, number: undefined }
    this.#commands.set(request, command)
    this.#loop().input({ type: 'submit', request, command: encodeCommand(name, input) })
    return command
  }

  read(answer: () => void): void {
    const read = ++this.#last
    this.#reads.set(read, answer)
    this.#loop().input({ type: 'read', read })
  }

  /** Takes back the oldest command that was never sent; whether there was one. */
  withdraw(): boolean {
    const waiting = [...this.#commands].find(([, { number }]) => number === undefined)
    if (waiting === undefined) return false
    const [request] = waiting
    this.#commands.delete(request)
    this.#loop().input({ type: 'withdraw', request })
    return true
  }

  numbered(first: number, requests: readonly number[]): void {
    for (const [place, request] of requests.entries()) {
      this.#requests.set(first + place, request)
      const command = this.#commands.get(request)
      if (command !== undefined) command.number = first + place
    }
  }

  /** A repeat is answered again: the first answer counted. */
  outcomes(outcomes: readonly CommandOutcome[]): void {
    for (const outcome of outcomes) this.#hear(outcome.number, outcome)
  }

  expired(numbers: readonly number[]): void {
    for (const number of numbers) this.#hear(number, { type: 'unknown' })
  }

  readable(reads: readonly number[]): void {
    for (const read of reads) {
      const answer = this.#reads.get(read)
      this.#reads.delete(read)
      answer?.()
    }
  }

  #hear(number: number, outcome: Outcome): void {
    const request = this.#requests.get(number) ?? 0
    const command = this.#commands.get(request)
    this.#commands.delete(request)
    command?.hear(outcome)
  }
}
