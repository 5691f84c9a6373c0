// How long a service runs.

import type { Replica } from '@quorate/core'

/**
 * Fulfilled at SIGTERM or SIGINT.
 *
 * @throws {QuorateError} the replica has stopped by itself
 */
export function untilEnd(replica: Pick<Replica, 'on'>): Promise<void> {
  return new Promise((resolve, reject) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
    replica.on('stopped', ({ error }) => reject(error))
  })
}
