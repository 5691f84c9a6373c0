// Who may do what. Bearer tokens are long and random, so a plain SHA-256 of one says nothing of it: that is all that the
// file of tokens holds.

import { createHash, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { RequestError } from './failures.ts'

/** Each may do what those before it may. */
export const roles = ['reader', 'client', 'operator'] as const
export type Role = (typeof roles)[number]

export interface Identity {
  /** Whose sessions these are, and who an operator is in the audit. */
  readonly name: string
  readonly role: Role
}

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity
  }
  interface FastifyContextConfig {
    /** `null`: anybody, without a token. */
    role?: Role | null
  }
}

const tokenFile = z.array(
  z.strictObject({
    name: z.string().min(1),
    role: z.enum(roles),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
)

export type Tokens = z.infer<typeof tokenFile>

/** Without a file anybody may do all: for a network of one's own. */
const everybody: Identity = { name: 'anybody', role: 'operator' }

/** A route's configuration: who may use it. */
export const allow = (role: Role | null): { readonly config: { readonly role: Role | null } } => ({
  config: { role },
})

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

/** @throws {Error} the file cannot be read, or is none of tokens; the message says what to do */
export function readTokens(path: string): Tokens {
  const parsed = tokenFile.safeParse(JSON.parse(readFileSync(path, 'utf8')))
  if (parsed.success) return parsed.data
  throw new Error(
    `${path} is no file of tokens: ${z.prettifyError(parsed.error)}. quorate-lock token prints a line of one`,
  )
}

/** Each request has an identity, or is refused. @param tokens `null`: there is no file */
export function authenticate(app: FastifyInstance, tokens: () => Tokens | null): void {
  app.decorateRequest('identity')
  app.addHook('onRequest', async (request) => {
    const { role = 'operator' } = request.routeOptions.config
    if (role === null) return
    request.identity = identityOf(request, tokens())
    if (roles.indexOf(request.identity.role) >= roles.indexOf(role)) return
    throw new RequestError(
      403,
      'forbidden',
      `This needs the role ${role}, and the token's is ${request.identity.role}`,
    )
  })
}

function identityOf({ headers }: FastifyRequest, tokens: Tokens | null): Identity {
  if (tokens === null) return everybody
  const [, token] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? []
  if (token === undefined)
    throw new RequestError(401, 'unauthorized', 'Send a token: Authorization: Bearer TOKEN')
  const hash = Buffer.from(hashOf(token), 'hex')
  const known = tokens.find(({ sha256 }) => timingSafeEqual(Buffer.from(sha256, 'hex'), hash))
  if (known === undefined) throw new RequestError(401, 'unauthorized', 'This token is not known here')
  return known
}
