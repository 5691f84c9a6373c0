// Who may do what. A client may use its own sessions, whose names begin with its own: nobody has to look at the state for
// that, which may be behind.

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RequestError } from './failures.ts'
import { hashOf, type Identity, type Role, roles, type Tokens } from './tokens.ts'

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity
  }
  interface FastifyContextConfig {
    /** `null`: anybody, without a token. */
    role?: Role | null
  }
}

/** Without a file anybody may do all: for a network of one's own. */
const anybody: Identity = { name: 'anybody', role: 'operator' }

/** A route's configuration: who may use it. */
export const allow = (role: Role | null): { readonly config: { readonly role: Role | null } } => ({
  config: { role },
})

/** What a client calls its session, and what everybody does. */
export const sessionName = ({ name }: Identity, id: string): string => `${name}:${id}`

/** Each request has an identity, or is refused. @param tokens `null`: there is no file */
export function authenticate(app: FastifyInstance, tokens: () => Tokens | null): void {
  app.decorateRequest('identity')
  app.addHook('onRequest', async (request) => {
    const { role = 'operator' } = request.routeOptions.config
    if (role === null || request.is404) return
    request.identity = identityOf(request, tokens())
    checkRole(request.identity, role)
  })
  app.addHook('preHandler', async ({ routeOptions, identity, params, body }) => {
    if (routeOptions.config.role !== 'client') return
    for (const given of [params, body] as readonly ({ readonly session?: unknown } | undefined)[])
      checkSession(identity, given?.session)
  })
}

function checkRole(identity: Identity, role: Role): void {
  if (roles.indexOf(identity.role) >= roles.indexOf(role)) return
  throw new RequestError(403, 'forbidden', `This needs the role ${role}, and the token's is ${identity.role}`)
}

function checkSession(identity: Identity, session: unknown): void {
  if (typeof session !== 'string' || identity.role === 'operator') return
  if (session.startsWith(sessionName(identity, ''))) return
  throw new RequestError(
    403,
    'forbidden',
    `'${session}' is no session of ${identity.name}: those are called '${sessionName(identity, '…')}'`,
  )
}

function identityOf({ headers }: FastifyRequest, tokens: Tokens | null): Identity {
  if (tokens === null) return anybody
  const [, token] = /^Bearer (\S+)$/i.exec(headers.authorization ?? '') ?? []
  if (token === undefined)
    throw new RequestError(401, 'unauthorized', 'Send a token: Authorization: Bearer TOKEN')
  const identity = tokens.get(hashOf(token))
  if (identity === undefined) throw new RequestError(401, 'unauthorized', 'This token is not known here')
  return identity
}
