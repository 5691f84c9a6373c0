// The HTTP interface of a replica: all its routes, and what they share.

import Fastify, { type FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { LockReplica } from '../machine/machine.ts'
import { nameLengthMax } from '../machine/names.ts'
import { authenticate } from './auth.ts'
import { answerFailures } from './failures.ts'
import { endWithService } from './farewell.ts'
import { bodyBytesMax, defaultHttpLimits, type HttpLimits } from './http-limits.ts'
import { metricsOf } from './metrics.ts'
import { describeRoutes, documentRoute } from './openapi.ts'
import { barrierRoutes } from './routes/barriers.ts'
import { eventRoutes } from './routes/events.ts'
import { healthRoutes } from './routes/health.ts'
import { lockRoutes } from './routes/locks.ts'
import { operatorRoutes } from './routes/operators.ts'
import { requestRoutes } from './routes/requests.ts'
import type { Routes } from './routes/routes.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { Service } from './service.ts'
import type { Tls } from './tls.ts'
import type { Tokens } from './tokens.ts'

export interface AppOptions {
  /** Stays open when the application is closed. */
  readonly replica: LockReplica
  /** As they are now; `null`: anybody may do all. Default: that. */
  readonly tokens?: () => Tokens | null
  readonly limits?: () => HttpLimits
  /** `null`: plain HTTP. */
  readonly tls?: Tls | null
  /** Whether failures that are bugs go to the log. Default: they do. */
  readonly logs?: boolean
}

export interface LockApp {
  /** Not listening yet. Its `close` answers all who wait. */
  readonly app: FastifyInstance
  readonly service: Service
}

export async function lockApp(options: AppOptions): Promise<LockApp> {
  const { replica, tokens = () => null, limits = () => defaultHttpLimits } = options
  const service = new Service(replica, limits)
  const app = serverOf(options).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.addHook('onRequest', async (_, reply) => void reply.header('quorate-node', service.nodeid))
  answerFailures(app, () => !replica.status.primary)
  authenticate(app, tokens)
  tellStale(app)
  endWithService(app, service)
  await describeRoutes(app)
  addRoutes(app, service)
  await app.ready()
  return { app, service }
}

function addRoutes(app: Routes, service: Service): void {
  const registry = metricsOf(app, service)
  documentRoute(app)
  healthRoutes(app, service, registry)
  sessionRoutes(app, service)
  requestRoutes(app, service)
  lockRoutes(app, service)
  barrierRoutes(app, service)
  eventRoutes(app, service)
  operatorRoutes(app, service)
}

function serverOf({ tls = null, logs = true }: AppOptions): FastifyInstance {
  const options = {
    bodyLimit: bodyBytesMax,
    // Until a request has come as a whole.
    requestTimeout: 30_000,
    // A held answer, or a stream, has no head alone.
    exposeHeadRoutes: false,
    // What comes on open connections while the service ends is answered as well as it can be.
    return503OnClosing: false,
    logger: logs && { level: 'error' },
    // Of a name in which each character is three bytes, and each of these is encoded.
    routerOptions: { maxParamLength: nameLengthMax * 9 },
  }
  if (tls === null) return Fastify(options)
  const app = Fastify({ ...options, https: tls.pair })
  tls.on('change', (pair) => app.server.setSecureContext(pair))
  // To all who add routes the two are the same.
  return app as unknown as FastifyInstance
}

/** An answer that may be old says so. */
function tellStale(app: FastifyInstance): void {
  app.addHook<{ Querystring: { stale?: boolean } }>('preHandler', async ({ query }, reply) => {
    if (query.stale === true) reply.header('quorate-stale', 'true')
  })
}
