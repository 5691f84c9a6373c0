// What operators do; each of it is written down in the audit.

import { ordinal } from '../../machine/state.ts'
import { audit, forced, groupConfig, nothing } from '../answers.ts'
import { allow } from '../auth.ts'
import {
  auditPage,
  drainingBody,
  forceReleaseBody,
  nodePath,
  pausedBody,
  sessionPath,
  stale,
} from '../schemas.ts'
import type { Service } from '../service.ts'
import { failures, type Routes } from './routes.ts'

export function operatorRoutes(app: Routes, service: Service): void {
  end(app, service)
  stand(app, service)
  look(app, service)
}

function end(app: Routes, service: Service): void {
  app.post(
    '/operator/force-release',
    {
      schema: {
        summary: 'Takes a lock from all who hold it, with all that the same requests hold',
        body: forceReleaseBody,
        response: { 200: forced, ...failures },
      },
      ...allow('operator'),
    },
    ({ body, identity }) => service.submit.forceRelease({ ...body, by: identity.name }),
  )

  app.delete(
    '/operator/sessions/:session',
    {
      schema: {
        summary: 'Ends a session of any client',
        params: sessionPath,
        response: { 204: nothing, ...failures },
      },
      ...allow('operator'),
    },
    async ({ params, identity }, reply) => {
      await service.submit.endSession({ ...params, by: identity.name })
      return reply.code(204).send()
    },
  )
}

function stand(app: Routes, service: Service): void {
  app.put(
    '/operator/paused',
    {
      schema: {
        summary: 'Whether nothing is granted',
        body: pausedBody,
        response: { 204: nothing, ...failures },
      },
      ...allow('operator'),
    },
    async ({ body, identity }, reply) => {
      await service.submit.pause({ ...body, by: identity.name })
      return reply.code(204).send()
    },
  )

  app.put(
    '/operator/draining/:nodeid',
    {
      schema: {
        summary: 'Whether a node takes no new sessions, and is not ready',
        params: nodePath,
        body: drainingBody,
        response: { 204: nothing, ...failures },
      },
      ...allow('operator'),
    },
    async ({ params, body, identity }, reply) => {
      await service.submit.drain({ ...params, ...body, by: identity.name })
      return reply.code(204).send()
    },
  )
}

function look(app: Routes, service: Service): void {
  app.get(
    '/operator/audit',
    {
      schema: {
        summary: 'What operators did, the oldest first',
        querystring: auditPage,
        response: { 200: audit, ...failures },
      },
      ...allow('operator'),
    },
    async ({ query: { stale: isStale, after, limit } }) => {
      const records = await service.look(isStale, (state) =>
        [...state.audit.range({ from: ordinal(after + 1), limit })].map(([key, record]) => ({
          number: Number.parseInt(key, 16),
          ...record,
        })),
      )
      return { records, after: records.length === limit ? (records[limit - 1]?.number ?? null) : null }
    },
  )

  app.get(
    '/operator/config',
    {
      schema: {
        summary: 'What all nodes share: bounds, whether it is paused, which nodes are drained',
        querystring: stale,
        response: { 200: groupConfig, ...failures },
      },
      ...allow('operator'),
    },
    ({ query }) =>
      service.look(query.stale, ({ config, paused, draining }) => ({
        ...{ config, paused },
        draining: [...draining],
      })),
  )
}
