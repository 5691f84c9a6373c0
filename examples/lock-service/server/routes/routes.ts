// What a file of routes is given, and what all routes have.

import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { failure } from '../answers.ts'

/** The application, with requests and answers that have the types of their schemas. */
export type Routes = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** Besides what a route answers by itself. */
export const failures = { default: failure } as const

/** Of a list: where the next part begins, if this one is full. */
export const lastOf = <T>(items: readonly T[], limit: number, name: (item: T) => string): string | null =>
  items.length === limit ? name(items[limit - 1] as T) : null

/** What comes behind `after`, and has the prefix. */
export const fromOf = ({
  prefix,
  after,
}: {
  readonly prefix: string
  readonly after?: string | undefined
}): string => (after !== undefined && after >= prefix ? `${after}\0` : prefix)
