// Commands from the call of `submit` to their one outcome. A command whose caller has given up keeps its room until it
// is committed. Design: docs/protocol.md, "Sessions".

import { type Outcome, QuorateError } from '../errors.ts'
import { encodeCommand } from '../machine/command-batch.ts'
import type { CommandOutcome } from '../machine/outcome.ts'
import type { Clock } from '../ports/clock.ts'
import type { Input } from '../protocol/input.ts'
import { commandGivenUp, overloaded, sessionExpired } from './failures.ts'
import { type CallOptions, checkPatience, type GiveUpReason, isLimited, limitPatience } from './patience.ts'
import type { Room } from './room.ts'

/** What a replica does when too much is open. */
export type Overload = 'wait' | 'reject'

export interface SubmissionsOptions {
  readonly room: Room
  readonly overload: Overload
  readonly clock: Clock
  readonly commandBytesMax: number
  /** Takes an input of the loop. */
  input(input: Input): void
}

const nothing = (): void => {}

class Submission {
  readonly command: Uint8Array
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
  /** The caller's deadline and signal matter no more. */
  calmDown = nothing
  /** Gives up the place in line. */
  leaveLine = nothing
  /** The loop's name for it; 0: waits for room. */
  request = 0
  /** 0: was never sent. */
  number = 0

  constructor(command: Uint8Array, resolve: (result: unknown) => void, reject: (error: Error) => void) {
    this.command = command
    this.resolve = resolve
    this.reject = reject
  }
}

export class Submissions {
  readonly #options: SubmissionsOptions
  readonly #inLine = new Set<Submission>()
  readonly #byRequest = new Map<number, Submission>()
  readonly #byNumber = new Map<number, Submission>()
  #lastRequest = 0

  constructor(options: SubmissionsOptions) {
    this.#options = options
  }

  /** Commands that are not yet committed. */
  get open(): number {
    return this.#inLine.size + this.#byRequest.size + this.#byNumber.size
  }

  /** `call` is checked. Fulfilled with the result; rejected with the machine's `Rejection`, or a `QuorateError` that has an outcome. */
  submit(name: string, input: unknown, call: CallOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      checkPatience(call)
      const submission = new Submission(this.#encode(name, input), resolve, reject)
      if (this.#options.room.tryEnter(submission.command.length)) this.#start(submission)
      else this.#waitInLine(submission)
      if (isLimited(call)) this.#limit(submission, call)
    })
  }

  numbered(first: number, requests: readonly number[]): void {
    let number = first
    for (const request of requests) {
      const submission = this.#byRequest.get(request) as Submission
      this.#byRequest.delete(request)
      submission.number = number
      this.#byNumber.set(number, submission)
      number += 1
    }
  }

  outcomes(outcomes: readonly CommandOutcome[]): void {
    for (const outcome of outcomes) {
      const submission = this.#take(outcome.number)
      if (outcome.type === 'result') submission?.resolve(outcome.result)
      else if (outcome.type === 'rejected') submission?.reject(outcome.rejection)
      else if (submission !== undefined)
        throw new Error(`The open command ${outcome.number} is ${outcome.type}`)
    }
  }

  /** Their session has ended. */
  expired(numbers: readonly number[]): void {
    for (const number of numbers) this.#take(number)?.reject(sessionExpired())
  }

  /** Another loop: it takes what the one before never sent, and hears nothing of the rest. */
  beginAnew(errorOf: () => QuorateError): void {
    for (const { request, command } of this.#byRequest.values())
      this.#options.input({ type: 'submit', request, command })
    for (const number of [...this.#byNumber.keys()]) this.#take(number)?.reject(errorOf())
  }

  /** Nothing is sent or heard of any more. */
  end(errorOf: (outcome: Outcome) => QuorateError): void {
    for (const submission of [...this.#inLine, ...this.#byRequest.values(), ...this.#byNumber.values()]) {
      submission.calmDown()
      submission.leaveLine = nothing
      submission.reject(errorOf(submission.number === 0 ? 'unapplied' : 'unknown'))
    }
    this.#inLine.clear()
    this.#byRequest.clear()
    this.#byNumber.clear()
  }

  #encode(name: string, input: unknown): Uint8Array {
    const command = encodeCommand(name, input)
    const { commandBytesMax } = this.#options
    if (command.length <= commandBytesMax) return command
    throw new QuorateError(
      'BadOption',
      `The command '${name}' has ${command.length} bytes; one message of the transport holds ${commandBytesMax}: ` +
        'send less at a time',
      { outcome: 'unapplied' },
    )
  }

  #limit(submission: Submission, call: CallOptions): void {
    submission.calmDown = limitPatience(this.#options.clock, call, (reason, cause) =>
      this.#giveUp(submission, reason, cause),
    )
  }

  #start(submission: Submission): void {
    submission.request = ++this.#lastRequest
    this.#byRequest.set(submission.request, submission)
    this.#options.input({ type: 'submit', request: submission.request, command: submission.command })
  }

  #waitInLine(submission: Submission): void {
    const { room, overload } = this.#options
    if (overload === 'reject') throw overloaded(room)
    this.#inLine.add(submission)
    submission.leaveLine = room.wait(submission.command.length, () => {
      this.#inLine.delete(submission)
      this.#start(submission)
    })
  }

  /** What became of `number` is known. */
  #take(number: number): Submission | undefined {
    const submission = this.#byNumber.get(number)
    if (submission === undefined) return undefined
    this.#byNumber.delete(number)
    submission.calmDown()
    this.#options.room.leave(submission.command.length)
    return submission
  }

  #giveUp(submission: Submission, reason: GiveUpReason, cause: unknown): void {
    const { request, number, reject } = submission
    reject(commandGivenUp(reason, cause, number === 0 ? 'unapplied' : 'unknown'))
    if (number > 0) return
    if (this.#inLine.delete(submission)) submission.leaveLine()
    else if (this.#byRequest.delete(request)) this.#withdraw(submission)
  }

  #withdraw({ request, command }: Submission): void {
    this.#options.input({ type: 'withdraw', request })
    this.#options.room.leave(command.length)
  }
}
