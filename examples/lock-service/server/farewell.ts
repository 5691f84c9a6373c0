// How connections end with the service: who waits is answered, who was answered is told to go, and who does not go is
// left. Node.js alone would wait for a connection that was never used, and for a client that does not read.

import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import type { Service } from './service.ts'

export function endWithService(app: FastifyInstance, service: Service): void {
  const answering = new Set<ServerResponse>()
  let isEnding = false
  app.server.on('request', (_, response) => {
    answering.add(response)
    response.once('close', () => answering.delete(response))
  })
  app.addHook('onSend', async (_, reply) => {
    if (isEnding) reply.header('connection', 'close')
  })
  app.addHook('preClose', async () => {
    isEnding = true
    service.end()
    // As soon as the server takes no more connections.
    setImmediate(() => void closeAll(app, answering, service.limits().deadlineMs))
  })
}

async function closeAll(
  { server }: FastifyInstance,
  answering: ReadonlySet<ServerResponse>,
  patienceMs: number,
): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), patienceMs)
  for (const response of answering) await once(response, 'close')
  clearTimeout(timer)
  server.closeAllConnections()
}
