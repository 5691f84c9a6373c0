// The keys as resources. Reads are linearizable unless `?stale=1` asks for what this replica has; writes are answered
// when a majority has them.

import type { CallOptions } from '@quorate/core'
import type { Entry, Store, StoreReplica } from '../store.ts'
import { type Answer, RequestError } from './answer.ts'
import { readCondition, readKey, readTtlMs, readValue } from './request.ts'
import type { Call } from './server.ts'

/** GET /keys/KEY */
export async function getKey(call: Call): Promise<Answer> {
  const key = readKey(call.key)
  const entry = await read(call, ({ entries }) => entries.get(key))
  if (entry === undefined) throw new RequestError(404, 'not-found', `There is no key '${key}'`)
  return { status: 200, headers: tag(entry.version), body: { key, ...entry } }
}

/** GET /keys?prefix=PREFIX */
export async function listKeys(call: Call): Promise<Answer> {
  const prefix = call.url.searchParams.get('prefix') ?? ''
  const body = await read(call, ({ revision, entries }) => ({
    revision,
    keys: entriesBelow(prefix, entries),
  }))
  return { status: 200, body }
}

/** PUT /keys/KEY, with the value as the body. */
export async function putKey(call: Call): Promise<Answer> {
  const [key, condition, ttlMs] = [
    readKey(call.key),
    readCondition(call.request.headers),
    readTtlMs(call.url),
  ]
  const value = await readValue(call.request)
  const { version, created } = await submit(call).put({ key, value, condition, ttlMs })
  return { status: created ? 201 : 200, headers: tag(version), body: { key, version } }
}

/** PATCH /keys/KEY?ttlMs=N: keeps a lease. */
export async function renewKey(call: Call): Promise<Answer> {
  const [key, condition, ttlMs] = [
    readKey(call.key),
    readCondition(call.request.headers),
    readTtlMs(call.url),
  ]
  if (ttlMs === null) throw new RequestError(400, 'bad-ttl', 'Say for how long: ?ttlMs=5000')
  const { version, expiresAtMs } = await submit(call).renew({ key, condition, ttlMs })
  return { status: 200, headers: tag(version), body: { key, version, expiresAtMs } }
}

/** DELETE /keys/KEY */
export async function deleteKey(call: Call): Promise<Answer> {
  const [key, condition] = [readKey(call.key), readCondition(call.request.headers)]
  const { version } = await submit(call).delete({ key, condition })
  return { status: 200, body: { key, version } }
}

/** By key, so that equal stores give equal answers. */
function entriesBelow(prefix: string, entries: Store['entries']): (Entry & { readonly key: string })[] {
  return [...entries]
    .filter(([key]) => key.startsWith(prefix))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, entry]) => ({ key, ...entry }))
}

function read<T>(call: Call, select: (store: Store) => T): Promise<T> | T {
  const { replica, url } = call
  return url.searchParams.get('stale') === '1' ? select(replica.state) : replica.read(select, patience(call))
}

const submit = (call: Call): StoreReplica['submit'] => call.replica.with(patience(call)).submit

/** Nobody waits for ever, nor for a client that has gone. */
const patience = ({ deadlineMs, gone }: Call): CallOptions => ({ deadlineMs, signal: gone })

const tag = (version: number): Record<string, string> => ({ etag: `"${version}"` })
