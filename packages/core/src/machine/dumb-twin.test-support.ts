// The replicated state once more, as simply as the protocol's text has it: a state of its own for each command, lists
// that are searched, nothing shared, nothing undone. What the real one is compared with.

import type { Incarnation } from '../identity.ts'
import type { CommandsBody, EntryBody, ViewBody } from '../log/entry.ts'
import { decode } from './data/decode.ts'
import { encode } from './data/encode.ts'
import type { Spoken } from './machine.test-support.ts'

/** What a command does to a state that is its own: a new state, or a code of rejection. */
export type TwinStep<State> = (state: State, input: unknown, schedule: TwinSchedule) => unknown
export type TwinSchedule = (key: string, atMs: number | null, spoken?: Spoken) => void

export class TwinRejection extends Error {}

interface TwinTimer {
  readonly key: string
  readonly atMs: number
  readonly spoken: Spoken
}

interface TwinSession {
  readonly origin: Incarnation
  readonly nodeid: number
  readonly pid: number
  readonly index: number
  lowest: number
  awaySinceMs: number | null
  readonly answers: Map<number, string>
}

export class DumbTwin<State> {
  state: State
  timeMs = 0
  timers: TwinTimer[] = []
  sessions: TwinSession[] = []
  readonly #steps: { readonly [name: string]: TwinStep<State> }
  readonly #sessionTimeoutMs: number

  constructor(initial: State, steps: { readonly [name: string]: TwinStep<State> }, sessionTimeoutMs: number) {
    this.state = initial
    this.#steps = steps
    this.#sessionTimeoutMs = sessionTimeoutMs
  }

  /** @param spoken what `body.commands` encodes */
  apply(index: number, body: EntryBody, spoken: readonly Spoken[]): string[] {
    this.timeMs = Math.max(this.timeMs, body.timeMs)
    this.#fire()
    if (body.type === 'view') this.#view(index, body)
    return body.type === 'commands' ? spoken.map((command, place) => this.#command(body, command, place)) : []
  }

  #fire(): void {
    const due = this.timers.filter(({ atMs }) => atMs <= this.timeMs).sort((a, b) => a.atMs - b.atMs)
    for (const timer of due) {
      if (!this.timers.includes(timer)) continue
      this.timers.splice(this.timers.indexOf(timer), 1)
      this.#run(timer.spoken)
    }
  }

  #view(index: number, { members, participants }: ViewBody): void {
    const isThere = (session: TwinSession) =>
      members.some(
        ({ nodeid, pid, incarnation }) =>
          nodeid === session.nodeid && pid === session.pid && incarnation === session.origin,
      )
    this.sessions = this.sessions.filter(
      (session) =>
        (session.awaySinceMs === null || this.timeMs - session.awaySinceMs <= this.#sessionTimeoutMs) &&
        (isThere(session) || !members.some(({ nodeid }) => nodeid === session.nodeid)),
    )
    for (const session of this.sessions)
      session.awaySinceMs = isThere(session) ? null : (session.awaySinceMs ?? this.timeMs)
    for (const { nodeid, pid, incarnation: origin } of participants)
      if (!this.sessions.some((session) => session.origin === origin))
        this.sessions.push({ origin, nodeid, pid, index, lowest: 1, awaySinceMs: null, answers: new Map() })
  }

  #command(body: CommandsBody, command: Spoken, place: number): string {
    const number = body.first + place
    const session = this.sessions.find(
      ({ origin, index }) => origin === body.origin && index === body.session,
    )
    if (session === undefined) return `${number} expired`
    session.lowest = Math.max(session.lowest, body.lowest)
    for (const answered of session.answers.keys())
      if (answered < session.lowest) session.answers.delete(answered)
    if (number < session.lowest) return `${number} ignored`
    for (let lower = session.lowest; lower < number; lower++)
      if (!session.answers.has(lower)) return `${number} passed-over`
    const answer = session.answers.get(number) ?? this.#run(command)
    session.answers.set(number, answer)
    return `${number} ${answer}`
  }

  /** On copies of everything; they take the place of the originals when the command goes through. */
  #run([name, input]: Spoken): string {
    const state = decode(encode(this.state)) as State
    let timers = [...this.timers]
    const schedule: TwinSchedule = (key, atMs, spoken) => {
      timers = timers.filter((timer) => timer.key !== key)
      if (atMs !== null && spoken !== undefined) timers.push({ key, atMs, spoken })
    }
    try {
      const result = this.#steps[name]?.(state, decode(encode(input)), schedule)
      Object.assign(this, { state, timers })
      return `result ${JSON.stringify(result)}`
    } catch (error) {
      if (!(error instanceof TwinRejection)) throw error
      return `rejected ${error.message}`
    }
  }
}
