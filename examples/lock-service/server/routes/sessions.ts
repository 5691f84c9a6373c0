// Sessions and what they ask for.

import { randomUUID } from 'node:crypto'
import { type RequestStatus, statusOf } from '../../machine/acquire.ts'
import { requestKey } from '../../machine/state.ts'
import { allow } from '../auth.ts'
import { RequestError } from '../failures.ts'
import { hold, requestBody, requestPath, sessionBody, sessionPath, stale, valueBody } from '../schemas.ts'
import { readState, type Service, untilGone, within } from '../service.ts'
import { requestTopic } from '../waits.ts'
import type { Routes } from './routes.ts'

export function sessionRoutes(app: Routes, service: Service): void {
  app.post('/sessions', { schema: { body: sessionBody }, ...allow('client') }, async (request, reply) => {
    const { id = randomUUID(), ttlMs, lockDelayMs } = request.body
    const { name: client } = request.identity
    const lease = await within(service).submit.openSession({ id, client, ttlMs, lockDelayMs })
    return reply.code(201).send({ session: id, ...lease })
  })

  app.put('/sessions/:session/alive', { schema: { params: sessionPath }, ...allow('client') }, ({ params }) =>
    within(service).submit.keepAlive(params.session),
  )

  app.delete(
    '/sessions/:session',
    { schema: { params: sessionPath }, ...allow('client') },
    async ({ params }, reply) => {
      await within(service).submit.closeSession(params.session)
      return reply.code(204).send()
    },
  )

  app.get(
    '/sessions/:session',
    { schema: { params: sessionPath, querystring: stale }, ...allow('reader') },
    async ({ params: { session }, query }) => {
      const found = await readState(service, query.stale, ({ sessions, requests }) => ({
        ...sessions.get(session),
        requests: [...requests.prefix(requestKey(session, ''))].map(([, request]) => request),
        isThere: sessions.has(session),
      }))
      if (!found.isThere) throw new RequestError(404, 'no-session', 'There is no such session, or no more')
      return found
    },
  )
  requestRoutes(app, service)
}

function requestRoutes(app: Routes, service: Service): void {
  app.post(
    '/sessions/:session/requests',
    { schema: { params: sessionPath, querystring: hold, body: requestBody }, ...allow('client') },
    async (request, reply) => {
      const { session } = request.params
      const { id } = request.body
      const status = await within(service).submit.acquire({ session, ...request.body })
      if (status.status !== 'waiting') return reply.code(status.status === 'granted' ? 200 : 409).send(status)
      const later = await held(service, { session, id }, untilGone(request, request.query.holdMs))
      return reply.code(later.status === 'granted' ? 200 : 202).send(later)
    },
  )

  app.get(
    '/sessions/:session/requests/:id',
    { schema: { params: requestPath, querystring: hold }, ...allow('reader') },
    async (request) => {
      // The group's own word first: this replica may be behind the one that took the request.
      await readState(service, false, () => undefined)
      return held(service, request.params, untilGone(request, request.query.holdMs))
    },
  )

  app.delete(
    '/sessions/:session/requests/:id',
    { schema: { params: requestPath }, ...allow('client') },
    ({ params }) => within(service).submit.release(params),
  )

  app.put(
    '/sessions/:session/requests/:id/value',
    { schema: { params: requestPath, body: valueBody }, ...allow('client') },
    async ({ params, body }, reply) => {
      await within(service).submit.proclaim({ ...params, ...body })
      return reply.code(204).send()
    },
  )
}

/** What became of a request that waited; that it still waits, where the signal fires first. */
async function held(
  { replica, waits }: Service,
  name: { readonly session: string; readonly id: string },
  signal: AbortSignal,
): Promise<RequestStatus> {
  const look = (): RequestStatus => statusOf(replica.state as never, name)
  const ended = await waits.until(
    requestTopic(name.session, name.id),
    () => {
      const status = look()
      return status.status === 'waiting' ? undefined : status
    },
    signal,
  )
  return ended ?? look()
}
