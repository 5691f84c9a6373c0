// How every failure becomes an answer: a status that says whom to blame, a code for programs, a message for people.

import { QuorateError, type QuorateErrorCode, Rejection } from '@quorate/core'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { RejectionCode } from '../machine/rejections.ts'

/** A request that cannot be served as it is. */
export class RequestError extends Error {
  readonly status: number
  readonly code: string
  readonly data: object

  constructor(status: number, code: string, message: string, data: object = {}) {
    super(message)
    this.status = status
    this.code = code
    this.data = data
  }
}

const statusOfRejection: Readonly<Record<RejectionCode, number>> = {
  'bad-request': 400,
  'no-session': 410,
  'session-exists': 409,
  'no-lock': 404,
  'not-holder': 409,
  deadlock: 409,
  'upgrade-refused': 409,
  'permits-differ': 409,
  draining: 503,
  'too-many-sessions': 429,
  'too-many-requests': 429,
  'too-many-waiters': 429,
  'too-many-locks': 507,
  'too-many-values': 507,
}

export function answerFailure(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const { status, headers = {}, ...body } = failureOf(error, request)
  reply.code(status).headers(headers).send({ error: body })
}

interface Failure {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly code: string
  readonly message: string
}

function failureOf(error: FastifyError, request: FastifyRequest): Failure {
  const { code, message } = error
  if (error instanceof RequestError) return { status: error.status, code, message, ...error.data }
  if (error instanceof Rejection)
    return { status: statusOfRejection[code as RejectionCode], code, message, ...(error.data as object) }
  if (error instanceof QuorateError) return unavailable(error)
  // Of fastify itself: what is no JSON, too long, or not what the schema says.
  if (error.statusCode !== undefined && error.statusCode < 500)
    return { status: error.statusCode, code: 'bad-request', message }
  request.log.error(error)
  return { status: 500, code: 'internal', message: 'The service has a bug; its log has the error' }
}

const retry = { 'retry-after': '1' }

/** 503: nothing was done, and never will be of this request. 504: it may have been done, now or later. */
function unavailable({ code, message, outcome = 'unapplied' }: QuorateError): Failure {
  if (outcome === 'unapplied')
    return { status: 503, headers: retry, code, message: hints[code] ?? message, ...{ outcome } }
  const unknown =
    'No answer came in time; it may have been done, or may be yet. The same request can be sent again'
  return { status: 504, headers: retry, code, message: unknown, ...{ outcome } }
}

/** Said to clients of HTTP, where the error speaks to programmers. */
const hints: { readonly [Code in QuorateErrorCode]?: string } = {
  NoQuorum:
    'This node is in no majority, so it is read-only: ask another one, or GET with ?stale=true what it last had',
  Deadline: 'This node is in no majority, or too slow; nothing was done: ask another one, or send it again',
}
