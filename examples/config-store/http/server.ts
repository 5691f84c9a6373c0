// One replica's HTTP interfaces: which path means what, and one place where every request is answered. There are two:
// what an operator may say is not to be had where clients ask.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { StoreReplica } from '../store.ts'
import { type Answer, failure, RequestError } from './answer.ts'
import { healthz, status } from './health.ts'
import { deleteKey, getKey, listKeys, putKey, renewKey } from './keys.ts'
import { force } from './operator.ts'
import { watch } from './watch.ts'

/** A request on its way. */
export interface Call {
  readonly replica: StoreReplica
  readonly deadlineMs: number
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  /** The path behind `/keys/`, as it came. */
  readonly key: string
  /** Fires when the client has gone, or has its answer. */
  readonly gone: AbortSignal
}

/** Answers by what it returns, or writes the response itself and returns nothing. */
type Handler = (call: Call) => Answer | Promise<Answer> | undefined

interface Resource {
  /** As messages name it. */
  readonly name: string
  readonly path: RegExp
  readonly methods: Readonly<Record<string, Handler>>
}

const storeResources: readonly Resource[] = [
  {
    name: '/keys/KEY',
    path: /^\/keys\/(.+)$/,
    methods: { GET: getKey, PUT: putKey, PATCH: renewKey, DELETE: deleteKey },
  },
  { name: '/keys', path: /^\/keys$/, methods: { GET: listKeys } },
  { name: '/watch', path: /^\/watch$/, methods: { GET: watch } },
  { name: '/status', path: /^\/status$/, methods: { GET: status } },
  { name: '/healthz', path: /^\/healthz$/, methods: { GET: healthz } },
]

const operatorResources: readonly Resource[] = [
  { name: '/force', path: /^\/force$/, methods: { POST: force } },
]

export interface ServerOptions {
  /** How long a request may wait for a majority; 2,000 by default. */
  readonly deadlineMs?: number
}

/** The server of `replica` for clients; it does not listen yet, and is closed by itself. */
export function storeServer(replica: StoreReplica, { deadlineMs = 2000 }: ServerOptions = {}): Server {
  return serverOf(storeResources, { replica, deadlineMs })
}

/** The same for the operator. Who reaches it may give up confirmed commands: let it listen where nobody else gets. */
export function operatorServer(replica: StoreReplica, { deadlineMs = 10_000 }: ServerOptions = {}): Server {
  return serverOf(operatorResources, { replica, deadlineMs })
}

type Subject = Pick<Call, 'replica' | 'deadlineMs'>

function serverOf(resources: readonly Resource[], subject: Subject): Server {
  return createServer((request, response) => void serve(resources, { ...subject, request, response }))
}

type Exchange = Pick<Call, 'replica' | 'deadlineMs' | 'request' | 'response'>

async function serve(resources: readonly Resource[], exchange: Exchange): Promise<void> {
  const { response } = exchange
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  try {
    const answer = await handle(resources, exchange, gone.signal)
    if (answer !== undefined) send(response, answer)
  } catch (error) {
    // A client that went in the middle of its own request is nobody to tell.
    if (!response.destroyed) send(response, failure(error))
  }
}

async function handle(
  resources: readonly Resource[],
  exchange: Exchange,
  gone: AbortSignal,
): Promise<Answer | undefined> {
  const url = new URL(exchange.request.url ?? '/', 'http://store')
  const { handler, key } = find(resources, url.pathname, exchange.request.method ?? 'GET')
  return handler({ ...exchange, url, key, gone })
}

function find(
  resources: readonly Resource[],
  path: string,
  method: string,
): { readonly handler: Handler; readonly key: string } {
  const resource = resources.find((candidate) => candidate.path.test(path))
  if (resource === undefined) {
    const names = resources.map(({ name }) => name).join(', ')
    throw new RequestError(404, 'no-such-path', `There is no ${path} here; what there is: ${names}`)
  }
  const handler = resource.methods[method]
  const allow = Object.keys(resource.methods).join(', ')
  if (handler === undefined)
    throw new RequestError(405, 'no-such-method', `${path} takes ${allow}`, { allow })
  return { handler, key: resource.path.exec(path)?.[1] ?? '' }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(`${JSON.stringify(body)}\n`)
}
