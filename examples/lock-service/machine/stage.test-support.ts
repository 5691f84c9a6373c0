// A lock service without replicas, and what its tests say to it.

import { Rejection } from '@quorate/core'
import { MachineStage } from '@quorate/testkit'
import type { AcquireInput, RequestStatus } from './acquire.ts'
import type { LockEvent } from './events.ts'
import { locks } from './machine.ts'
import { queueOf, type Want } from './state.ts'

export const ttlMs = 10_000

export type Stage = MachineStage<typeof locks>

/** With these sessions, which live until time passes. */
export function stageOf(...sessions: string[]): Stage {
  const stage = new MachineStage(locks, { nodeids: [1, 2, 3] })
  for (const id of sessions) stage.submit.openSession({ id, client: 'tests', ttlMs, lockDelayMs: 0 })
  stage.takeEvents()
  return stage
}

export const exclusive = (lock: string): Want => ({ mode: 'exclusive', lock })
export const shared = (lock: string): Want => ({ mode: 'shared', lock })
export const permits = (lock: string, count: number, of: number): Want => ({
  mode: 'permits',
  lock,
  count,
  of,
})

/** One request of a session, named as the session is where nothing else is said. */
export function ask(
  stage: Stage,
  session: string,
  wants: Want | readonly Want[],
  options: Partial<AcquireInput> = {},
): RequestStatus {
  return stage.submit.acquire({
    ...{ session, id: session, owner: '', waitMs: null, reentrant: false, detectDeadlock: true, value: null },
    ...options,
    wants: Array.isArray(wants) ? wants : [wants as Want],
  })
}

export const release = (stage: Stage, session: string, id: string = session): boolean =>
  stage.submit.release({ session, id }).released

/** `session/id` of all that hold the lock, in their order. */
export const holders = ({ state }: Stage, lock: string): string[] =>
  [...state.holders.prefix(queueOf(lock))].map(([, key]) => named(key))

export const waiters = ({ state }: Stage, lock: string): string[] =>
  [...state.queues.prefix(queueOf(lock))].map(([, key]) => named(key))

/** `a` where session and request are both called so. */
function named(key: string): string {
  const [session, id] = key.split('\0') as [string, string]
  return session === id ? session : `${session}/${id}`
}

/** Of one kind, since they were taken last. */
export const eventsOf = <Type extends LockEvent['type']>(
  stage: Stage,
  type: Type,
): Extract<LockEvent, { type: Type }>[] =>
  (stage.takeEvents() as LockEvent[]).filter((event) => event.type === type) as never

/** Of what it is rejected with; `null`: it is not. */
export function codeOf(act: () => unknown): string | null {
  try {
    act()
    return null
  } catch (error) {
    if (error instanceof Rejection) return error.code
    throw error
  }
}
