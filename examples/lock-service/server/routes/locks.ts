// Locks, to look at; their named values.

import type { Lock } from '../../machine/state.ts'
import { changedLock, lockList, nothing, type TaggedLock, taggedLock, validity } from '../answers.ts'
import { allow } from '../auth.ts'
import {
  changesQuery,
  lockPath,
  namedValueBody,
  namedValuePath,
  page,
  stale,
  tokenQuery,
} from '../schemas.ts'
import type { Service } from '../service.ts'
import { isHeldWith, listLock, showLock } from '../shown.ts'
import { failures, fromOf, lastOf, type Routes } from './routes.ts'

export function lockRoutes(app: Routes, service: Service): void {
  look(app, service)
  validate(app, service)
  changes(app, service)
}

function look(app: Routes, service: Service): void {
  app.get(
    '/locks',
    {
      schema: {
        summary: 'Locks in use, by name, each with its first holders and waiters',
        querystring: page,
        response: { 200: lockList, ...failures },
      },
      ...allow('reader'),
    },
    async ({ query }) => {
      const { prefix, limit } = query
      const locks = await service.look(query.stale, (state) =>
        [...state.locks.range({ from: fromOf(query), limit })]
          .filter(([lock]) => lock.startsWith(prefix))
          .map(([lock, each]) => listLock(state, lock, each as Lock)),
      )
      return { locks, after: lastOf(locks, limit, ({ lock }) => lock) }
    },
  )

  app.get(
    '/locks/:lock',
    {
      schema: {
        summary: 'A lock: who holds it, who waits, its values; also one that nobody uses',
        params: lockPath,
        querystring: stale,
        response: { 200: taggedLock, ...failures },
      },
      ...allow('reader'),
    },
    ({ params, query }) => service.look(query.stale, (state) => showLock(state, params.lock)),
  )
}

function validate(app: Routes, service: Service): void {
  app.get(
    '/locks/:lock/validate',
    {
      schema: {
        summary: 'Whether a token is that of a holder, now',
        params: lockPath,
        querystring: tokenQuery,
        response: { 200: validity, ...failures },
      },
      ...allow('reader'),
    },
    async ({ params, query }) => ({
      valid: await service.read((state) => isHeldWith(state, params.lock, query.token)),
    }),
  )
}

function changes(app: Routes, service: Service): void {
  app.put(
    '/locks/:lock/values/:name',
    {
      schema: {
        summary: 'Sets a named value of a lock that the request holds; null takes it away',
        params: namedValuePath,
        body: namedValueBody,
        response: { 204: nothing, ...failures },
      },
      ...allow('client'),
    },
    async ({ params, body }, reply) => {
      await service.submit.setValue({ ...params, ...body })
      return reply.code(204).send()
    },
  )

  app.get(
    '/locks/:lock/changes',
    {
      schema: {
        summary: 'Waits until anything of a lock is other than it was seen: the leader of an election, say',
        params: lockPath,
        querystring: changesQuery,
        response: { 200: changedLock, ...failures },
      },
      ...allow('reader'),
    },
    async (request, reply) => {
      const { lock } = request.params
      const { holdMs, seen } = request.query
      const { tag } = await service.read((state) => showLock(state, lock))
      const known = seen ?? tag
      const changed = await service.holds.during(request, reply, holdMs, (signal) =>
        lockOnceOther(service, lock, known, signal),
      )
      return changed === undefined
        ? { ...showLock(service.state, lock), changed: false }
        : { ...changed, changed: true }
    },
  )
}

/** `undefined`: it was not before the signal fired. */
function lockOnceOther(
  service: Service,
  lock: string,
  known: string,
  signal: AbortSignal,
): Promise<TaggedLock | undefined> {
  const look = (): TaggedLock | undefined => {
    const shown = showLock(service.state, lock)
    return shown.tag === known ? undefined : shown
  }
  return service.waits.until([`lock ${lock}`], look, signal)
}
