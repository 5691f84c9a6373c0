// Barriers, which hold back whoever comes until so many have come; countdowns, which open when so many have counted.

import { hasOpened } from '../../machine/barriers.ts'
import { reject } from '../../machine/rejections.ts'
import { arrivalStatus, countdownLeft, nothing } from '../answers.ts'
import { allow } from '../auth.ts'
import {
  arrivalBody,
  arrivalPath,
  barrierPath,
  countdownBody,
  countdownPath,
  hold,
  partyBody,
} from '../schemas.ts'
import type { Service } from '../service.ts'
import type { Topic } from '../waits.ts'
import { failures, type Routes } from './routes.ts'

export function barrierRoutes(app: Routes, service: Service): void {
  arrivals(app, service)
  countdowns(app, service)
}

function arrivals(app: Routes, service: Service): void {
  app.post(
    '/barriers/:barrier/arrivals',
    {
      schema: {
        summary: 'Comes to a barrier; the same id again is the same arrival, which goes on waiting',
        params: barrierPath,
        querystring: hold,
        body: arrivalBody,
        response: { 200: arrivalStatus, ...failures },
      },
      ...allow('client'),
    },
    async (request, reply) => {
      const { params, body, query } = request
      const topics: readonly Topic[] = [`barrier ${params.barrier}`, `session ${body.session}`]
      const isOpen = await service.holds.during(request, reply, query.holdMs, async (signal) => {
        await service.submit.arrive({ ...params, ...body })
        return service.waits.until(topics, () => openOrGone(service, body), signal)
      })
      return { isOpen: isOpen ?? false }
    },
  )

  app.delete(
    '/barriers/:barrier/arrivals/:session/:id',
    {
      schema: {
        summary: 'Goes on behind a barrier that has opened, or gives up',
        params: arrivalPath,
        response: { 204: nothing, ...failures },
      },
      ...allow('client'),
    },
    async ({ params: { session, id } }, reply) => {
      await service.submit.leave({ session, id })
      return reply.code(204).send()
    },
  )
}

/** @throws {Rejection} `no-session` */
function openOrGone(
  { state }: Service,
  arrival: { readonly session: string; readonly id: string },
): true | undefined {
  if (hasOpened(state as never, arrival)) return true
  if (state.sessions.has(arrival.session)) return undefined
  return reject('no-session', 'The session has ended, and with it its arrival: open another one')
}

function countdowns(app: Routes, service: Service): void {
  app.put(
    '/countdowns/:countdown',
    {
      schema: {
        summary: 'Begins a countdown; one that is there with the same count stays',
        params: countdownPath,
        body: countdownBody,
        response: { 200: countdownLeft, ...failures },
      },
      ...allow('client'),
    },
    ({ params, body }) => service.submit.beginCountdown({ ...params, ...body }),
  )

  app.post(
    '/countdowns/:countdown/parties',
    {
      schema: {
        summary: 'Counts down by one, once for each party',
        params: countdownPath,
        body: partyBody,
        response: { 200: countdownLeft, ...failures },
      },
      ...allow('client'),
    },
    ({ params, body }) => service.submit.countDown({ ...params, ...body }),
  )

  app.get(
    '/countdowns/:countdown',
    {
      schema: {
        summary: 'How many are left; waits until it is none. One that is not there has none left',
        params: countdownPath,
        querystring: hold,
        response: { 200: countdownLeft, ...failures },
      },
      ...allow('reader'),
    },
    async (request, reply) => {
      const { countdown } = request.params
      const left = (): number => service.state.countdowns.get(countdown)?.left ?? 0
      await service.holds.during(request, reply, request.query.holdMs, async (signal) => {
        await service.read(() => undefined)
        return service.waits.until([`countdown ${countdown}`], () => left() === 0 || undefined, signal)
      })
      return { left: left() }
    },
  )
}
