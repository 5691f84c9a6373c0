// What a replica tells: to its own listeners, and to everybody in the process by node:diagnostics_channel.

import { channel } from 'node:diagnostics_channel'
import { QuorateError } from '../errors.ts'
import type { Member, RingId } from '../identity.ts'
import { namesOf, unknownName } from '../known-names.ts'
import type { Index } from '../log/entry.ts'
import type { Notice, Obstacle } from '../protocol/output.ts'
import { onAbort } from './abort.ts'
import { noFunction, onceAborted } from './failures.ts'
import { checkCallOptions, checkPatience } from './patience.ts'
import type { ReplicaBounds } from './replica-bounds.ts'
import type { SlowNeighbour } from './slow-neighbours.ts'
import type { VotersDiffer } from './voter-difference.ts'

/** Who leads an epoch: one process at most, by what all replicas know. */
export interface Leader {
  readonly nodeid: number
  /** Grows with each epoch. A service that remembers the highest one it saw can refuse whoever led before. */
  readonly fencingToken: bigint
  /** This replica leads. */
  readonly self: boolean
}

/** What an operator should look at; nothing has stopped. */
export type Warning =
  | Exclude<Notice, { readonly notice: 'adopted' | 'left' | 'obstacle' | 'catching-up' | 'restored' }>
  | VotersDiffer
  | VoteHeld
  | SlowNeighbour

/**
 * Another replica holds the vote of this node, by this lock, and this one waits for it. It is not open before that, so
 * only the diagnostics channel tells it, and a warning of the process.
 */
export interface VoteHeld {
  readonly notice: 'vote-held'
  readonly lock: string
}

/** By name of the event, what its listeners get. */
export interface ReplicaEventMap {
  /** Who is in the group with this replica, whether they can commit or not. */
  readonly view: { readonly members: readonly Member[]; readonly ring: RingId }
  /** This replica takes part in a primary view: an entry of its epoch is committed and applied here. */
  readonly primary: { readonly leader: Leader }
  /** Nothing can be committed here for now. `null`: another member knows why. */
  readonly 'no-quorum': { readonly obstacle: Obstacle | null }
  /** Who leads now; `null`: nobody that is known here. */
  readonly leader: { readonly leader: Leader | null }
  /** The group is ahead of this replica, which fetches what it lacks. `bytes`: of a snapshot, so far. */
  readonly 'catching-up': { readonly from: Index; readonly to: Index; readonly bytes: number }
  /**
   * This replica has all that the group has committed. Comes once, and after each catching up. `snapshot`: index of the
   * donor's snapshot that it was given meanwhile, since nobody retained the entries; `null`: it needed none.
   */
  readonly current: { readonly index: Index; readonly snapshot: Index | null }
  readonly warning: Warning
  /** Bounds have changed, by `replica.tune`: which, such as `limits.batchCommandsMax`, and all as they are now. */
  readonly tuned: ReplicaBounds & { readonly changed: readonly string[] }
  /**
   * The state is not that of a majority of the voters: it was at `after`, and is not at `index`. The replica begins anew
   * with nothing, and is given the group's entries to apply once more, or a snapshot of another replica where the first
   * entries are no longer kept, as `current` tells. The third time in ten minutes it stops instead, as `stopped` tells.
   */
  readonly diverged: { readonly after: Index; readonly index: Index }
  /** The local daemon has died, or the group cannot be joined; joining is tried again. */
  readonly down: { readonly error: Error }
  /** The replica has stopped by itself and left: going on would be wrong. */
  readonly stopped: { readonly error: QuorateError }
}

export type ReplicaEventName = keyof ReplicaEventMap

const eventNames = namesOf<ReplicaEventMap>({
  ...{ view: true, primary: true, 'no-quorum': true, leader: true, 'catching-up': true, current: true },
  ...{ warning: true, tuned: true, diverged: true, down: true, stopped: true },
})

/** Who says it, in messages of the diagnostics channels. */
export interface EventSource {
  readonly group: string
  readonly nodeid: number
}

type Listener<Name extends ReplicaEventName> = (event: ReplicaEventMap[Name]) => void

/** One call of `on`: the same function may be given twice. */
interface Entry {
  readonly listener: (event: never) => void
}

export class ReplicaEvents {
  readonly #source: EventSource
  readonly #entries = new Map<ReplicaEventName, Set<Entry>>()

  constructor(source: EventSource) {
    this.#source = source
  }

  /** Tells listeners once the loop is done; what they throw is an uncaught exception and disturbs nobody else. */
  tell<Name extends ReplicaEventName>(name: Name, event: ReplicaEventMap[Name]): void {
    channel(`quorate:${name}`).publish({ ...this.#source, ...event })
    const entries = this.#entriesOf(name)
    for (const entry of entries)
      queueMicrotask(() => {
        if (entries.has(entry)) entry.listener(event as never)
      })
  }

  /** @throws {QuorateError} `BadOption`: there is no such event, or the listener is no function */
  on<Name extends ReplicaEventName>(name: Name, listener: Listener<Name>): () => void {
    checkName(name)
    if (typeof listener !== 'function') throw noFunction('replica.on: listener', listener, '(event) => {}')
    const entries = this.#entriesOf(name)
    const entry = { listener }
    entries.add(entry)
    return () => entries.delete(entry)
  }

  once<Name extends ReplicaEventName>(
    name: Name,
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<ReplicaEventMap[Name]> {
    return new Promise((resolve, reject) => {
      checkCallOptions(options, ['signal'])
      checkPatience(options)
      const { signal } = options
      const end = this.on(name, (event) => {
        end()
        unlisten()
        resolve(event)
      })
      const abort = (): void => {
        end()
        unlisten()
        reject(onceAborted(name, signal?.reason))
      }
      const unlisten = signal === undefined ? () => {} : onAbort(signal, abort)
    })
  }

  #entriesOf(name: ReplicaEventName): Set<Entry> {
    const entries = this.#entries.get(name) ?? new Set()
    this.#entries.set(name, entries)
    return entries
  }
}

function checkName(name: string): void {
  const fault = unknownName([String(name)], eventNames, 'event ')
  if (fault !== null) throw new QuorateError('BadOption', `replica: ${fault}`)
}
