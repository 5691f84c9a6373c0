// Sessions: opened, kept alive, closed, looked at.

import { randomUUID } from 'node:crypto'
import type { Session } from '../../machine/state.ts'
import { lease, nothing, openedSession, sessionDetails, sessionList } from '../answers.ts'
import { allow, sessionName } from '../auth.ts'
import { page, sessionBody, sessionPath, stale } from '../schemas.ts'
import type { Service } from '../service.ts'
import { listSession, showSession } from '../shown.ts'
import { failures, fromOf, lastOf, type Routes } from './routes.ts'

export function sessionRoutes(app: Routes, service: Service): void {
  openAndClose(app, service)
  look(app, service)
}

function openAndClose(app: Routes, service: Service): void {
  app.post(
    '/sessions',
    {
      schema: {
        summary: 'Opens a session; the same id again is the same session',
        body: sessionBody,
        response: { 201: openedSession, ...failures },
      },
      ...allow('client'),
    },
    async ({ identity, body }, reply) => {
      const { id = randomUUID(), ttlMs, lockDelayMs } = body
      const session = sessionName(identity, id)
      const client = identity.name
      const opened = await service.submit.openSession({ id: session, client, ttlMs, lockDelayMs })
      return reply.code(201).send({ session, ...opened })
    },
  )

  app.put(
    '/sessions/:session/alive',
    {
      schema: {
        summary: 'Begins the time of a session anew',
        params: sessionPath,
        response: { 200: lease, ...failures },
      },
      ...allow('client'),
    },
    ({ params }) => service.submit.keepAlive(params.session),
  )

  app.delete(
    '/sessions/:session',
    {
      schema: {
        summary: 'Closes a session, which gives back all that it holds',
        params: sessionPath,
        response: { 204: nothing, ...failures },
      },
      ...allow('client'),
    },
    async ({ params }, reply) => {
      await service.submit.closeSession(params.session)
      return reply.code(204).send()
    },
  )
}

function look(app: Routes, service: Service): void {
  app.get(
    '/sessions',
    {
      schema: {
        summary: 'All sessions, by name',
        querystring: page,
        response: { 200: sessionList, ...failures },
      },
      ...allow('operator'),
    },
    async ({ query }) => {
      const { prefix, limit } = query
      const sessions = await service.look(query.stale, (state) =>
        [...state.sessions.range({ from: fromOf(query), limit })]
          .filter(([session]) => session.startsWith(prefix))
          .map(([session, each]) => listSession(session, each as Session)),
      )
      return { sessions, after: lastOf(sessions, limit, ({ session }) => session) }
    },
  )

  app.get(
    '/sessions/:session',
    {
      schema: {
        summary: 'A session, with what it holds and waits for',
        params: sessionPath,
        querystring: stale,
        response: { 200: sessionDetails, ...failures },
      },
      ...allow('reader'),
    },
    ({ params, query }) => service.look(query.stale, (state) => showSession(state, params.session)),
  )
}
