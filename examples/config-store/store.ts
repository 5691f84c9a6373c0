// The replicated machine: keys with values and versions. Knows nothing of HTTP; everything that decides is here, so
// that every replica decides alike.

import { type Context, defineMachine, Rejection, type Replica } from '@quorate/core'

export interface Entry {
  readonly value: string
  /** The store's revision when the value was put. Never comes again, also after a delete: safe to compare and set. */
  readonly version: number
  /** Cluster time at which the key goes by itself, milliseconds since 1970; `null`: it stays. */
  readonly expiresAtMs: number | null
}

export interface Store {
  /** Grows by one with each change. */
  readonly revision: number
  readonly entries: ReadonlyMap<string, Entry>
}

/** What must hold of a key, or the command is rejected: nothing, that it is there or not, or its version. */
export type Condition = 'any' | 'present' | 'absent' | number

export interface PutInput {
  readonly key: string
  readonly value: string
  readonly condition: Condition
  /** How long the key stays unless it is put or renewed again; `null`: for ever. */
  readonly ttlMs: number | null
}

export interface RenewInput {
  readonly key: string
  readonly condition: Condition
  readonly ttlMs: number
}

export interface DeleteInput {
  readonly key: string
  readonly condition: Condition
}

/** Bounds the state, and with it the timers: to schedule more than the machine's limit would stop every replica. */
export const keysMax = 10_000

/** Why a command is rejected. */
export type RejectionCode = 'version-mismatch' | 'not-found' | 'no-lease' | 'full'

interface Draft {
  revision: number
  readonly entries: Map<string, Entry>
}

export const store = defineMachine({
  name: 'config-store',
  version: 1,
  initial: (): Store => ({ revision: 0, entries: new Map() }),
  limits: () => ({ timersMax: keysMax }),
  reducers: {
    put(state, { key, value, condition, ttlMs }: PutInput, ctx) {
      const before = check(state, key, condition)
      if (before === undefined && state.entries.size >= keysMax)
        reject('full', `The store has ${keysMax} keys; delete some first`)
      const version = ++state.revision
      state.entries.set(key, { value, version, expiresAtMs: lease(ctx, key, ttlMs) })
      return { version, created: before === undefined }
    },

    /** The key stays for another `ttlMs`. Is no change: the version stays, and watchers hear nothing. */
    renew(state, { key, condition, ttlMs }: RenewInput, ctx) {
      const entry = checkPresent(state, key, condition)
      if (entry.expiresAtMs === null)
        reject('no-lease', `'${key}' stays for ever; put it with ttlMs to change that`)
      const expiresAtMs = lease(ctx, key, ttlMs)
      state.entries.set(key, { ...entry, expiresAtMs })
      return { version: entry.version, expiresAtMs }
    },

    delete(state, { key, condition }: DeleteInput, ctx) {
      const { version } = checkPresent(state, key, condition)
      ctx.cancel(key)
      remove(state, key)
      return { version }
    },

    /** Run by the timer of the key, on all replicas in the same entry. */
    expire(state, key: string, ctx) {
      ctx.emit({ expired: key })
      remove(state, key)
    },
  },
})

export type StoreReplica = Replica<typeof store>

/** Sets or cancels the key's timer; when it will fire. */
function lease(ctx: Context, key: string, ttlMs: number | null): number | null {
  if (ttlMs === null) {
    ctx.cancel(key)
    return null
  }
  ctx.schedule(key, ctx.now + ttlMs, 'expire', key)
  return ctx.now + ttlMs
}

function remove(state: Draft, key: string): void {
  state.revision++
  state.entries.delete(key)
}

function check(state: Draft, key: string, condition: Condition): Entry | undefined {
  const entry = state.entries.get(key)
  if (!holds(condition, entry))
    reject('version-mismatch', mismatch(key, entry), { version: entry?.version ?? null })
  return entry
}

function checkPresent(state: Draft, key: string, condition: Condition): Entry {
  return check(state, key, condition) ?? reject('not-found', `There is no key '${key}'`)
}

function holds(condition: Condition, entry: Entry | undefined): boolean {
  if (condition === 'any') return true
  if (condition === 'absent') return entry === undefined
  return condition === 'present' ? entry !== undefined : entry?.version === condition
}

function mismatch(key: string, entry: Entry | undefined): string {
  return entry === undefined
    ? `There is no key '${key}'; create it with If-None-Match: *`
    : `'${key}' has version ${entry.version}; read it, then try again with If-Match: "${entry.version}"`
}

function reject(code: RejectionCode, message: string, data?: unknown): never {
  throw new Rejection(code, message, data)
}
