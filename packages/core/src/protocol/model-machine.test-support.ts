// A machine for tests of the protocol alone: commands are words, the state is their list. It keeps one session for each
// participant, and what it has to know to pass numbers over.

import type { Incarnation } from '../identity.ts'
import type { EntryBody, Index, Versions } from '../log/entry.ts'
import { noVersions } from '../log/log.ts'
import type { AppliedInput } from './input.ts'

interface Session {
  readonly index: Index
  /** The number that comes next. */
  next: number
}

const text = new TextEncoder()
const words = new TextDecoder()

/** A command: its length, then the word. */
export function encodeWord(word: string): Uint8Array {
  const bytes = text.encode(word)
  return Uint8Array.of(bytes.length, ...bytes)
}

function decodeWords(commands: Uint8Array): string[] {
  const decoded: string[] = []
  for (let at = 0; at < commands.length; at += 1 + (commands[at] as number)) {
    decoded.push(words.decode(commands.subarray(at + 1, at + 1 + (commands[at] as number))))
  }
  return decoded
}

export class ModelMachine {
  index: Index = 0
  words: string[] = []
  versions: Versions = noVersions
  openCommandsMax = 1000
  sessions = new Map<Incarnation, Session>()
  #timeMs = 0

  /** What the engine has to hear afterwards, for the process `own`. */
  apply(first: Index, bodies: readonly EntryBody[], own: Incarnation): AppliedInput {
    const answered: number[] = []
    let passedOver = 0
    for (const [i, body] of bodies.entries()) {
      this.index = first + i
      this.#timeMs = Math.max(this.#timeMs, body.timeMs)
      if (body.type === 'view') this.#begin(body)
      if (body.type !== 'commands') continue
      const lost = this.#takeCommands(body)
      if (body.origin !== own) continue
      if (lost > 0) passedOver = passedOver === 0 ? lost : Math.min(passedOver, lost)
      else for (let number = body.first; number < body.first + body.count; number++) answered.push(number)
    }
    return this.report(own, answered, passedOver)
  }

  report(own: Incarnation, answered: readonly number[] = [], passedOver = 0): AppliedInput {
    const session = this.sessions.get(own)?.index ?? 0
    const { index, versions } = this
    const timeMs = this.#timeMs
    const { openCommandsMax } = this
    return {
      type: 'applied',
      index,
      session,
      answered,
      passedOver,
      openCommandsMax,
      timeMs,
      nextTimerMs: null,
      versions,
    }
  }

  snapshot(): Uint8Array {
    const { index, words, versions, sessions } = this
    return text.encode(
      JSON.stringify({ index, words, versions, sessions: [...sessions], timeMs: this.#timeMs }),
    )
  }

  /** The session table in a snapshot answers the numbers below the next. */
  restore(bytes: Uint8Array, own: Incarnation): AppliedInput {
    const state = JSON.parse(words.decode(bytes))
    Object.assign(this, { index: state.index, words: state.words, versions: state.versions })
    this.sessions = new Map(state.sessions)
    this.#timeMs = state.timeMs
    const next = this.sessions.get(own)?.next ?? 1
    return this.report(
      own,
      Array.from({ length: next - 1 }, (_, i) => i + 1),
    )
  }

  #begin({ participants, versions }: EntryBody & { readonly type: 'view' }): void {
    this.versions = versions
    for (const { incarnation } of participants) {
      if (!this.sessions.has(incarnation)) this.sessions.set(incarnation, { index: this.index, next: 1 })
    }
  }

  /** Returns the first number that was passed over; 0: none. */
  #takeCommands(body: EntryBody & { readonly type: 'commands' }): number {
    const session = this.sessions.get(body.origin)
    if (session === undefined || session.index !== body.session) return 0
    for (const [i, word] of decodeWords(body.commands).entries()) {
      const number = body.first + i
      if (number > session.next) return number
      if (number < session.next) continue
      session.next += 1
      this.words.push(word)
    }
    return 0
  }
}
