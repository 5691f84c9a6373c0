// What the routes are given: the replica, who waits, and how long a request may take.

import type { Caller } from '@quorate/core'
import type { FastifyRequest } from 'fastify'
import type { LockReplica, locks } from '../machine/machine.ts'
import type { LockState } from '../machine/state.ts'
import type { Waits } from './waits.ts'

export interface Service {
  readonly replica: LockReplica
  readonly waits: Waits
  /** A request that needs the group fails after as long. */
  readonly deadlineMs: number
}

/** Fires when the client has gone, or after `ms`. */
export function untilGone(request: FastifyRequest, ms: number): AbortSignal {
  const controller = new AbortController()
  request.raw.socket.once('close', () => controller.abort())
  return AbortSignal.any([controller.signal, AbortSignal.timeout(ms)])
}

/** Commands and reads with the deadline of a request. */
export const within = ({ replica, deadlineMs }: Service): Caller<typeof locks> => replica.with({ deadlineMs })

/** What a reader asked for: what the whole group has confirmed, or what this replica has, however old that is. */
export function readState<T>(
  service: Service,
  isStale: boolean,
  select: (state: LockState) => T,
): T | Promise<T> {
  const { replica } = service
  return isStale ? select(replica.state as LockState) : within(service).read(select as never)
}
