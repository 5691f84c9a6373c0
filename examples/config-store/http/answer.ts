// What a request is answered with, and how every failure becomes such an answer: a status that says whom to blame, and
// a body that says what to do.

import { QuorateError, type QuorateErrorCode, Rejection } from '@quorate/core'
import type { RejectionCode } from '../store.ts'

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body: unknown
}

/** A request that cannot be served as it is; `code` for programs, `message` for people. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly status: number
  readonly code: string
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

const statusOfRejection: Readonly<Record<RejectionCode, number>> = {
  'version-mismatch': 412,
  'not-found': 404,
  'no-lease': 409,
  full: 507,
}

/** The answer to a request whose handling threw `error`. Whatever is not foreseen is a bug, and goes to the log. */
export function failure(error: unknown): Answer {
  if (error instanceof RequestError) return problem(error.status, error, {}, error.headers)
  if (error instanceof Rejection)
    return problem(statusOfRejection[error.code as RejectionCode], error, error.data as object)
  if (error instanceof QuorateError) return unavailable(error)
  console.error(error)
  return problem(500, { code: 'internal', message: 'The service has a bug; its log has the error' })
}

/** 503: nothing was done, and never will be of this request. 504: a command may have been applied, now or later. */
function unavailable({ code, message, outcome = 'unapplied' }: QuorateError): Answer {
  if (outcome === 'unapplied')
    return problem(503, { code, message: hints[code] ?? message }, { outcome }, { 'retry-after': '1' })
  return problem(504, { code, message: unknownOutcome }, { outcome })
}

const unknownOutcome =
  'No answer came in time; the command may have been applied, or may be yet: read before you send it again'

/** Said to clients of HTTP, where the error speaks to programmers. */
const hints: { readonly [Code in QuorateErrorCode]?: string } = {
  NoQuorum: 'This replica is in no majority: ask another one, or GET with ?stale=1 what this one last had',
  Deadline:
    'This replica is in no majority, or too slow; nothing was done: ask another one, or send it again',
}

function problem(
  status: number,
  { code, message }: { readonly code: string; readonly message: string },
  more: object = {},
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers, body: { error: { code, message, ...more } } }
}
