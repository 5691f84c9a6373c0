// What the origin of commands hears of them.

import type { Rejection } from '../errors.ts'
import type { CommandsBody } from '../log/entry.ts'
import { type Answer, RejectedAnswer, rejectionOf } from './application.ts'
import { frozenCopy } from './context.ts'
import type { Session } from './session.ts'

export type CommandOutcome =
  | { readonly type: 'result'; readonly number: number; readonly result: unknown }
  | { readonly type: 'rejected'; readonly number: number; readonly rejection: Rejection }
  /** The session that it was sent under is not there: whether it was applied is not known. */
  | { readonly type: 'expired'; readonly number: number }
  /** A lower number has not been applied: send again from there on. */
  | { readonly type: 'passed-over'; readonly number: number }
  /** The origin has said that it needs no answer any more. */
  | { readonly type: 'ignored'; readonly number: number }

/** Of all numbers of `body`; `undefined`: it has no session. */
export function outcomesOf(session: Session | undefined, { first, count }: CommandsBody): CommandOutcome[] {
  return Array.from({ length: count }, (_, place) => outcomeOf(session, first + place))
}

/** Of all numbers whose answers the session still holds. */
export function storedOutcomes({ lowest, answers }: Session): CommandOutcome[] {
  return answers.map((answer, place) => answered(lowest + place, answer))
}

function outcomeOf(session: Session | undefined, number: number): CommandOutcome {
  if (session === undefined) return { type: 'expired', number }
  const standing = session.standing(number)
  return standing === 'answered' ? answered(number, session.answer(number)) : { type: standing, number }
}

/** The caller's own: bytes and dates can be written into, and the session's answer is a part of the replicated state. */
function answered(number: number, answer: Answer): CommandOutcome {
  return answer instanceof RejectedAnswer
    ? { type: 'rejected', number, rejection: rejectionOf(answer) }
    : { type: 'result', number, result: frozenCopy(answer, 'A result') }
}
