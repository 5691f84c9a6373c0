// The operator who tunes single nodes while they run (docs/configuration.md, "Local tunables"): each node comes to bounds
// of its own, at times far too short. Those of chunks stay with a process, and differ between processes.

import type { Limits, State, Timeouts } from '@quorate/core/simulation'
import type { Random } from '../world/random.ts'
import type { Census } from './events/census.ts'
import type { Replica } from './replica.ts'
import { replicaCount, type Setting } from './setting.ts'

/** What an engine has of a replica's bounds. */
export interface EngineBounds {
  readonly limits: Limits
  readonly timeouts: Timeouts
}

type Choices<T> = { readonly [Name in keyof T]?: readonly number[] }

/** Of all bounds, at a time. */
const changedOneIn = 3
/** More than the commands have that a replica's clients wait for. */
const openBytesMax = 1024

export class Tuner {
  readonly #opened: EngineBounds
  readonly #atOpening: Choices<Limits>
  readonly #limits: Choices<Limits>
  readonly #timeouts: Choices<Timeouts>
  readonly #census: Census

  constructor(setting: Setting, census: Census) {
    const { limits, timeouts } = setting
    this.#opened = { limits, timeouts }
    this.#limits = limitChoices(limits, replicaCount(setting))
    this.#atOpening = openingChoices(limits, this.#limits)
    this.#timeouts = timeoutChoices(timeouts)
    this.#census = census
  }

  /** What a process is opened with. */
  opened(random: Random): EngineBounds {
    const { limits, timeouts } = this.#opened
    return { limits: { ...limits, ...draw(this.#atOpening, random, 1) }, timeouts }
  }

  /** Some bounds of this replica become others, or again what they were. */
  strike(replica: Replica | undefined, random: Random): void {
    if (replica?.isStarted !== true) return
    this.#note(replica.state)
    const { limits, timeouts } = replica.state
    replica.loop.input({
      type: 'tune',
      limits: { ...limits, ...draw(this.#limits, random, changedOneIn) },
      timeouts: { ...timeouts, ...draw(this.#timeouts, random, changedOneIn) },
    })
  }

  /** In the middle of what. */
  #note({ round, joiner, donor, open, writes }: State): void {
    this.#census.count('bounds tuned')
    if (round !== null && round.install === null) this.#census.count('bounds tuned in a round')
    if (joiner !== null) this.#census.count('bounds tuned at a joiner')
    if (donor !== null) this.#census.count('bounds tuned at the donor of a snapshot')
    if (open.size > 0) this.#census.count('bounds tuned with commands open')
    if (writes.length > 0) this.#census.count('bounds tuned with writes under way')
  }
}

/** Chunks are as they were at the opening; that a disk falls behind takes a small backlog from the beginning. */
function openingChoices(
  opened: Limits,
  { backlogEntriesMax, logBytesMax }: Choices<Limits>,
): Choices<Limits> {
  const { chunkBytesMax, chunksInFlightMax } = opened
  return {
    chunkBytesMax: [100, chunkBytesMax],
    chunksInFlightMax: [1, 4, chunksInFlightMax],
    backlogEntriesMax: backlogEntriesMax ?? [],
    logBytesMax: logBytesMax ?? [],
  }
}

/** What others have to hold is never raised above what all were opened for, and room never lowered below that. */
function limitChoices(opened: Limits, replicas: number): Choices<Limits> {
  const entries = replicas * opened.uncommittedEntriesMax
  return {
    batchCommandsMax: [1, 2, opened.batchCommandsMax],
    batchBytesMax: [1, 100, opened.batchBytesMax],
    proposalsInFlightMax: [1, 2, 4],
    uncommittedEntriesMax: [1, 4, opened.uncommittedEntriesMax],
    heldBytesMax: [250, 1000, opened.heldBytesMax],
    backlogEntriesMax: [entries, opened.backlogEntriesMax],
    backlogBytesMax: [replicas * openBytesMax, opened.backlogBytesMax],
    retainedEntriesMax: [1, 12, opened.retainedEntriesMax],
    retainedBytesMax: [1000, 10_000, opened.retainedBytesMax],
    logBytesMax: [1, 1000, opened.logBytesMax],
  }
}

const timeoutChoices = (opened: Timeouts): Choices<Timeouts> => ({
  collectionMs: [5, 200, opened.collectionMs],
  collectionMsMax: [100, 3200, opened.collectionMsMax],
  stallMs: [1, 1000, opened.stallMs],
  snapshotIdleMs: [1, 1000, opened.snapshotIdleMs],
  tickMs: [1, 1000, opened.tickMs],
  snapshotMs: [1, 1000, opened.snapshotMs],
})

/** Each name once in so many times. */
function draw<T>(choices: Choices<T>, random: Random, oneIn: number): Partial<T> {
  const drawn: Partial<T> = {}
  for (const name of Object.keys(choices) as (keyof T)[])
    if (random.oneIn(oneIn)) drawn[name] = random.pick(choices[name] as readonly number[]) as T[keyof T]
  return drawn
}
