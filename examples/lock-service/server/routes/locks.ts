// Locks, to look at; their named values.

import { z } from 'zod'
import type { Lock } from '../../machine/state.ts'
import { allow } from '../auth.ts'
import { hold, lockPath, name, namedValueBody, page, stale } from '../schemas.ts'
import { readState, type Service, untilGone, within } from '../service.ts'
import { isHeldWith, type ShownLock, show, showLock } from '../shown.ts'
import type { Routes } from './routes.ts'

export function lockRoutes(app: Routes, service: Service): void {
  app.get('/locks', { schema: { querystring: page }, ...allow('reader') }, async ({ query }) => {
    const { prefix, after, limit } = query
    const locks = await readState(service, query.stale, (state) => {
      const found: ShownLock[] = []
      for (const [lock, each] of state.locks.range({ from: after === undefined ? prefix : `${after}\0` })) {
        if (!lock.startsWith(prefix) || found.length === limit) break
        found.push(show(state, lock, each as Lock))
      }
      return found
    })
    return { locks, after: locks.length === limit ? locks.at(-1)?.lock : null }
  })

  app.get(
    '/locks/:lock',
    { schema: { params: lockPath, querystring: stale }, ...allow('reader') },
    async ({ params: { lock }, query }) => {
      const shown = await readState(service, query.stale, (state) => showLock(state, lock))
      return shown ?? { lock, permits: 0, delayedUntilMs: 0, values: {}, holders: [], waiters: [] }
    },
  )

  // For resources: a token that is not that of a holder any more must be refused.
  app.get(
    '/locks/:lock/validate',
    {
      schema: { params: lockPath, querystring: z.object({ token: z.coerce.number().int() }) },
      ...allow('reader'),
    },
    async ({ params: { lock }, query: { token } }) => ({
      valid: await readState(service, false, (state) => isHeldWith(state, lock, token)),
    }),
  )

  app.put(
    '/locks/:lock/values/:name',
    { schema: { params: lockPath.extend({ name }), body: namedValueBody }, ...allow('client') },
    async ({ params, body }, reply) => {
      await within(service).submit.setValue({ ...params, ...body })
      return reply.code(204).send()
    },
  )

  // To wait for any change of a lock: of an election's leader, say.
  app.get(
    '/locks/:lock/changes',
    { schema: { params: lockPath, querystring: hold }, ...allow('reader') },
    async (request) => {
      const { lock } = request.params
      let isFirst = true
      const changed = await service.waits.until(
        `lock ${lock}`,
        () => {
          if (!isFirst) return true
          isFirst = false
          return undefined
        },
        untilGone(request, request.query.holdMs),
      )
      return { changed: changed === true, ...(showLock(service.replica.state as never, lock) ?? { lock }) }
    },
  )
}
