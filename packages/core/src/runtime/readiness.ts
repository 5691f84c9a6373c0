// Who waits until the replica takes part in its group.

import { QuorateError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import { type CallOptions, checkCall, limitPatience } from './patience.ts'

interface Waiter {
  done(): void
  fail(error: Error): void
}

export class Readiness {
  readonly #clock: Clock
  readonly #waiters = new Set<Waiter>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  wait(call: CallOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      checkCall(call)
      const calmDown = limitPatience(this.#clock, call, (reason, cause) => {
        this.#waiters.delete(waiter)
        reject(
          new QuorateError(reason, 'The replica was not ready in time; replica.status says why', { cause }),
        )
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
