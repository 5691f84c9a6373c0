// How every failure becomes an answer: a status that says whom to blame, a code for programs, a message for people.

import { QuorateError, type QuorateErrorCode, Rejection } from '@quorate/core'
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import type { RejectionCode } from '../machine/rejections.ts'
import { bodyBytesMax } from './http-limits.ts'

/** A request that cannot be served as it is. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
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

/** @param isCutOff whether this node is in no majority now */
export function answerFailures(app: FastifyInstance, isCutOff: () => boolean): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const { status, headers = {}, ...body } = failureOf(error, request, isCutOff)
    return reply.code(status).headers(headers).send({ error: body })
  })
  app.setNotFoundHandler(({ method, url }) => {
    throw new RequestError(404, 'no-such-route', `There is no ${method} ${url} here; see GET /openapi.json`)
  })
}

interface Failure {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly code: string
  readonly message: string
}

function failureOf(error: FastifyError, request: FastifyRequest, isCutOff: () => boolean): Failure {
  const { code, message } = error
  if (error instanceof RequestError) return { status: error.status, code, message }
  if (error instanceof Rejection)
    return { status: statusOfRejection[code as RejectionCode], code, message, ...(error.data as object) }
  if (error instanceof QuorateError) return unavailable(error, isCutOff())
  if (error.statusCode !== undefined && error.statusCode < 500) return ofFramework(error)
  request.log.error(error)
  return { status: 500, code: 'internal', message: 'The service has a bug; its log has the error' }
}

/** What is no JSON, too long, or not what the schema says. */
function ofFramework({ statusCode: status = 400, message }: FastifyError): Failure {
  if (status !== 413) return { status, code: 'bad-request', message }
  return { status, code: 'body-too-large', message: `A body has at most ${bodyBytesMax} bytes` }
}

const retry = { 'retry-after': '1' }

/** 503: nothing was done, and never will be of this request. 504: it may have been done, now or later. */
function unavailable({ code, message, outcome = 'unapplied' }: QuorateError, isCutOff: boolean): Failure {
  if (outcome === 'unknown') return { status: 504, headers: retry, code, message: unknown, ...{ outcome } }
  const named = code === 'Deadline' && isCutOff ? 'NoQuorum' : code
  return { status: 503, headers: retry, code: named, message: hints[named] ?? message, ...{ outcome } }
}

const unknown =
  'No answer came in time; it may have been done, or may be yet. The same request can be sent again, to any node'

/** Said to clients of HTTP, where the error speaks to programmers. */
const hints: { readonly [Code in QuorateErrorCode]?: string } = {
  NoQuorum:
    'This node is in no majority, so it is read-only: ask another one, or GET with ?stale=true what it last had',
  Deadline: 'This node was too slow; nothing was done: send it again, or ask another one',
  Closed: 'This node ends: ask another one',
  Stopped: 'This node has stopped, and its log says why: ask another one',
}
