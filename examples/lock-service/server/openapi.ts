// The OpenAPI document, of the schemas with which requests are checked.

import swagger from '@fastify/swagger'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { allow } from './auth.ts'
import { failures, type Routes } from './routes/routes.ts'

const info = {
  title: 'Lock service',
  description: 'Locks, semaphores, elections, barriers and countdowns, replicated on every node.',
  version: '1.0.0',
}

/** To be called before the routes. */
export async function describeRoutes(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      ...{ openapi: '3.1.0', info, security: [{ bearer: [] }] },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
    },
    transform: (document) => {
      const { schema, url } = jsonSchemaTransform(document)
      return { schema: isPublic(document.route) ? { ...schema, security: [] } : schema, url }
    },
  })
}

const isPublic = ({ config }: RouteOptions): boolean => config?.role === null

export function documentRoute(app: Routes): void {
  app.get(
    '/openapi.json',
    {
      schema: {
        summary: 'This document',
        response: { 200: z.looseObject({}), ...failures },
      },
      ...allow(null),
    },
    () => app.swagger() as unknown as Record<string, unknown>,
  )
}
