// What load balancers and monitors ask, without a token.

import type { Registry } from 'prom-client'
import { z } from 'zod'
import { healthy, ready } from '../answers.ts'
import { allow } from '../auth.ts'
import { RequestError } from '../failures.ts'
import type { Service } from '../service.ts'
import { failures, type Routes } from './routes.ts'

export function healthRoutes(app: Routes, service: Service, registry: Registry): void {
  app.get(
    '/healthz',
    {
      schema: {
        summary: 'Whether a linearizable read has just worked',
        response: { 200: healthy, ...failures },
      },
      ...allow(null),
    },
    async () => {
      await service.read(() => undefined)
      return { healthy: true as const }
    },
  )

  app.get(
    '/readyz',
    {
      schema: {
        summary: 'Whether this node takes part, is current, and is not drained: send clients to it',
        response: { 200: ready, ...failures },
      },
      ...allow(null),
    },
    () => {
      checkReady(service)
      return { ready: true as const }
    },
  )

  app.get(
    '/metrics',
    {
      schema: {
        summary: 'For Prometheus',
        response: { 200: { content: { 'text/plain': { schema: z.string() } } }, ...failures },
      },
      ...allow(null),
    },
    async (_, reply) => reply.type(registry.contentType).send(await registry.metrics()),
  )
}

/** @throws {RequestError} why not */
function checkReady({ replica, state, nodeid }: Service): void {
  const { primary, catchingUp } = replica.status
  if (!primary) throw new RequestError(503, 'not-ready', 'This node is in no majority')
  if (catchingUp !== null) throw new RequestError(503, 'not-ready', 'This node fetches what it lacks')
  if (state.draining.includes(nodeid)) throw new RequestError(503, 'draining', 'This node is drained')
}
