// Who waits until the replica takes part in its group.

import type { QuorateError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import { notReady } from './failures.ts'
import { type CallOptions, checkPatience, limitPatience } from './patience.ts'
import type { Standing } from './standing.ts'

interface Waiter {
  done(): void
  fail(error: Error): void
}

export class Readiness {
  readonly #clock: Clock
  readonly #standing: Standing
  readonly #waiters = new Set<Waiter>()

  constructor(clock: Clock, standing: Standing) {
    this.#clock = clock
    this.#standing = standing
  }

  /** `call` is checked. */
  wait(call: CallOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      checkPatience(call)
      const calmDown = limitPatience(this.#clock, call, (reason, cause) => {
        this.#waiters.delete(waiter)
        reject(notReady(reason, cause, this.#standing))
      })
      const waiter: Waiter = {
        done() {
          calmDown()
          resolve()
        },
        fail(error) {
          calmDown()
          reject(error)
        },
      }
      this.#waiters.add(waiter)
    })
  }

  reached(): void {
    for (const { done } of this.#waiters) done()
    this.#waiters.clear()
  }

  fail(error: QuorateError): void {
    for (const { fail } of this.#waiters) fail(error)
    this.#waiters.clear()
  }
}
