// GET /events: what happens, as server-sent events. A stream begins with `current`, and tells from there on. Who reads
// too slowly misses some, and is told so by `missed`: then, as after `current`, look anew. While this node is in no
// majority nothing is told, which `no-quorum` says.

import { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { LockEvent } from '../../machine/events.ts'
import { allow } from '../auth.ts'
import { RequestError } from '../failures.ts'
import { Quota } from '../quota.ts'
import { eventsQuery } from '../schemas.ts'
import type { Service } from '../service.ts'
import { failures, type Routes } from './routes.ts'

const keepAliveMs = 15_000

export function eventRoutes(app: Routes, service: Service): void {
  const quota = new Quota()
  const streams = new Set<EventStream>()
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.push(null)
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

type Filter = (event: LockEvent) => boolean

function filterOf({ lock, session }: z.infer<typeof eventsQuery>): Filter {
  if (lock !== undefined) return (event) => event.type === 'changed' && event.lock.startsWith(lock)
  return (event) => 'session' in event && event.session === session
}

/** Keeps no more than it was taken for: what comes while it is full is counted as missed. */
class EventStream extends Readable {
  readonly #service: Service
  readonly #ends: readonly (() => void)[]
  #isFull = false
  #hasMissed = false

  constructor(service: Service, isWanted: Filter) {
    super({ highWaterMark: 16 * 1024 })
    this.#service = service
    const { replica, waits } = service
    const keepAlive = setInterval(() => this.#write(':\n\n'), keepAliveMs)
    this.#ends = [
      waits.subscribe((event) => {
        if (event === null) this.#miss()
        else if (isWanted(event)) this.#tell(event.type, event)
      }),
      replica.on('no-quorum', () => this.#tell('no-quorum', {})),
      replica.on('primary', () => this.#tellCurrent()),
      () => clearInterval(keepAlive),
    ]
    this.#tellCurrent()
  }

  override _read(): void {
    this.#isFull = false
    if (this.#hasMissed) this.#miss()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    for (const end of this.#ends) end()
    done(error)
  }

  #tellCurrent(): void {
    const { applied, primary } = this.#service.replica.status
    this.#tell(primary ? 'current' : 'no-quorum', primary ? { applied } : {})
  }

  #tell(name: string, data: object): void {
    this.#write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
  }

  #miss(): void {
    this.#hasMissed = false
    this.#tell('missed', {})
  }

  #write(text: string): void {
    if (this.#isFull || this.readableEnded) this.#hasMissed = true
    else this.#isFull = !this.push(text)
  }
}
