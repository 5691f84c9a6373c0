// What the routes are given: the replica, who waits, and how long a request may take.

import type { Caller } from '@quorate/core'
import type { LockReplica, locks } from '../machine/machine.ts'
import type { LockState } from '../machine/state.ts'
import { Holds } from './holds.ts'
import type { HttpLimits } from './http-limits.ts'
import { Majority } from './majority.ts'
import { Waits } from './waits.ts'

export class Service {
  readonly replica: LockReplica
  readonly limits: () => HttpLimits
  readonly waits: Waits
  readonly holds: Holds
  /** Of this node. */
  readonly nodeid: number
  readonly #majority: Majority

  constructor(replica: LockReplica, limits: () => HttpLimits) {
    this.replica = replica
    this.limits = limits
    this.nodeid = replica.status.self.nodeid
    this.waits = new Waits(replica, () => this.#majority.check())
    this.holds = new Holds(limits)
    this.#majority = new Majority(
      replica,
      () => limits().deadlineMs,
      () => this.waits.wakeAll(),
    )
  }

  /** As this replica has it. */
  get state(): LockState {
    return this.replica.state as LockState
  }

  /** Commands, within a request's time. @throws {QuorateError} `NoQuorum`: it would pass for nothing */
  get submit(): Caller<typeof locks>['submit'] {
    this.#majority.check()
    return this.replica.with({ deadlineMs: this.limits().deadlineMs }).submit
  }

  /** From here on this replica has all that anybody was told before, and what `select` finds is so. */
  read<T>(select: (state: LockState) => T): Promise<T> {
    this.#majority.check()
    const { deadlineMs } = this.limits()
    return this.replica.read((state) => select(state as LockState), { deadlineMs })
  }

  /** What the whole group has confirmed; where a reader asked for it, what this replica has, however old that is. */
  look<T>(isStale: boolean, select: (state: LockState) => T): T | Promise<T> {
    return isStale ? select(this.state) : this.read(select)
  }

  /** All who wait are answered. */
  end(): void {
    this.holds.end()
    this.#majority.close()
  }
}
