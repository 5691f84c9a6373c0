// What sessions ask for: locks, now or by waiting, and to give back.

import { requestKey } from '../../machine/state.ts'
import { grantedStatus, noneOrFailure, nothing, released, requestStatus, waitingStatus } from '../answers.ts'
import { allow } from '../auth.ts'
import { hold, requestBody, requestPath, requestQuery, sessionPath, valueBody } from '../schemas.ts'
import type { Service } from '../service.ts'
import { type ShownStatus, showStatus } from '../shown.ts'
import { requestTopic, type Topic } from '../waits.ts'
import { failures, type Routes } from './routes.ts'

export function requestRoutes(app: Routes, service: Service): void {
  ask(app, service)
  follow(app, service)
  giveBack(app, service)
}

function ask(app: Routes, service: Service): void {
  app.post(
    '/sessions/:session/requests',
    {
      schema: {
        summary:
          'Asks for locks, all in one step; the same id again is the same request, which goes on waiting',
        params: sessionPath,
        querystring: hold,
        body: requestBody,
        response: { 200: grantedStatus, 202: waitingStatus, 409: noneOrFailure, ...failures },
      },
      ...allow('client'),
    },
    async (request, reply) => {
      const name = { session: request.params.session, id: request.body.id }
      const status = await service.holds.during(request, reply, request.query.holdMs, async (signal) => {
        const asked = await service.submit.acquire({ ...name, ...request.body })
        return asked.status === 'none' ? asked : statusOnce(service, name, isDecided, signal)
      })
      if (status.status === 'granted') return reply.code(200).send(status)
      if (status.status === 'waiting') return reply.code(202).send(status)
      return reply.code(409).send(status)
    },
  )
}

function follow(app: Routes, service: Service): void {
  app.get(
    '/sessions/:session/requests/:id',
    {
      schema: {
        summary: 'What became of a request; until=lost: waits for the end of what is granted',
        params: requestPath,
        querystring: requestQuery,
        response: { 200: requestStatus, ...failures },
      },
      ...allow('reader'),
    },
    async (request, reply) => {
      const { holdMs, until } = request.query
      return service.holds.during(request, reply, holdMs, async (signal) => {
        // The group's own word first: this replica may be behind the one that took the request.
        await service.read(() => undefined)
        return statusOnce(service, request.params, until === 'lost' ? isLost : isDecided, signal)
      })
    },
  )
}

function giveBack(app: Routes, service: Service): void {
  app.delete(
    '/sessions/:session/requests/:id',
    {
      schema: {
        summary: 'Gives back what is held, or ends the wait',
        params: requestPath,
        response: { 200: released, ...failures },
      },
      ...allow('client'),
    },
    ({ params }) => service.submit.release(params),
  )

  app.put(
    '/sessions/:session/requests/:id/value',
    {
      schema: {
        summary: 'Changes what others see of a holder',
        params: requestPath,
        body: valueBody,
        response: { 204: nothing, ...failures },
      },
      ...allow('client'),
    },
    async ({ params, body }, reply) => {
      await service.submit.proclaim({ ...params, ...body })
      return reply.code(204).send()
    },
  )
}

type Name = { readonly session: string; readonly id: string }

const isDecided = ({ status }: ShownStatus): boolean => status !== 'waiting'
const isLost = ({ status }: ShownStatus): boolean => status !== 'granted'

/** The status once it is such; else as it is when the signal fires. */
async function statusOnce(
  service: Service,
  name: Name,
  isSuch: (status: ShownStatus) => boolean,
  signal: AbortSignal,
): Promise<ShownStatus> {
  const look = (): ShownStatus => showStatus(service.state, name)
  const found = await service.waits.until(
    topicsOf(service, name),
    () => {
      const status = look()
      return isSuch(status) ? status : undefined
    },
    signal,
  )
  return found ?? look()
}

/** That a request was given back is told of its locks alone; one of them will do. */
function topicsOf({ state }: Service, { session, id }: Name): Topic[] {
  const request = state.requests.get(requestKey(session, id))
  const locks = request?.wants.slice(0, 1).map(({ lock }): Topic => `lock ${lock}`) ?? []
  return [requestTopic(session, id), ...locks]
}
