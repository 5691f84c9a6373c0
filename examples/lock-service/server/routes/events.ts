// GET /events: what happens, as it happens. So many streams for each client.

import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { allow } from '../auth.ts'
import { EventStream, type Filter } from '../event-stream.ts'
import { RequestError } from '../failures.ts'
import { Quota } from '../quota.ts'
import { eventsQuery } from '../schemas.ts'
import type { Service } from '../service.ts'
import { failures, type Routes } from './routes.ts'

export function eventRoutes(app: Routes, service: Service): void {
  const quota = new Quota()
  const streams = new Set<EventStream>()
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.finish()
  })
  app.get(
    '/events',
    {
      schema: {
        summary:
          'Server-sent events: changes of the locks with a prefix, or what is granted to a session and lost',
        querystring: eventsQuery,
        response: { 200: { content: { 'text/event-stream': { schema: z.any() } } }, ...failures },
      },
      ...allow('reader'),
    },
    async (request, reply) => {
      const giveBack = take(quota, service, request)
      // From here on nothing is missed of what this node's clients know.
      const stream = new EventStream(service, filterOf(request.query))
      streams.add(stream)
      stream.once('close', () => {
        streams.delete(stream)
        giveBack()
      })
      return reply.type('text/event-stream').header('cache-control', 'no-store').send(stream)
    },
  )
}

function take(quota: Quota, { limits }: Service, { identity }: FastifyRequest): () => void {
  const { streamsPerClientMax } = limits()
  const giveBack = quota.take(identity.name, streamsPerClientMax)
  if (giveBack !== null) return giveBack
  throw new RequestError(
    429,
    'too-many-streams',
    `'${identity.name}' reads ${streamsPerClientMax} streams here: end one, or ask another node`,
  )
}

function filterOf({ lock, session }: z.infer<typeof eventsQuery>): Filter {
  if (lock !== undefined) return (event) => event.type === 'changed' && event.lock.startsWith(lock)
  return (event) => 'session' in event && event.session === session
}
