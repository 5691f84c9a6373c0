// Subjects for tests of the world: they send numbered messages, also in answer to events and timers, write numbers to
// their disks, and log what they hear.

import type { StorageRecord, StorageWrite, TransportEvent } from '@quorate/core'
import { type MemberLog, messageKey } from '@quorate/core/contracts'
import { type RunOptions, type RunResult, runPlan, wholePlan } from './run.ts'
import type { Place, Subject } from './world/place.ts'
import type { World } from './world/world.ts'

type Entry = NonNullable<StorageWrite['append']>[number]

/** What one node's disk was given, over all its processes. */
export class WrittenNumbers {
  given = 0
  done = 0
  /** What a process found that the storage port forbids. */
  readonly violations: string[] = []

  /** Each write has one entry and a record that names the number of all entries so far. */
  next(): StorageWrite {
    this.given += 1
    const record = { commit: this.given } as StorageRecord
    return { record, append: [{ chain: this.given } as unknown as Entry] }
  }

  /** The entries there are those that the record names, at least all that were done, in order. */
  found({ nodeid, storage }: Place): void {
    const commit = storage?.stored?.record.commit ?? 0
    const chains = storage?.stored?.entries.map(({ chain }) => Number(chain)) ?? []
    const whole = chains.length === commit && chains.every((chain, place) => chain === place + 1)
    if (!whole) this.violations.push(`node ${nodeid}: record ${commit}, entries ${chains}`)
    if (commit < this.done) this.violations.push(`node ${nodeid}: ${this.done} writes done, ${commit} found`)
    this.given = commit
    this.done = commit
  }

  lost(): void {
    this.given = 0
    this.done = 0
  }
}

/** A process that sends, hears, writes, and remembers. */
export class Numbered implements Subject {
  readonly place: Place
  readonly events: TransportEvent[] = []
  readonly sent: string[] = []
  /** It answers events, and writes, only while this holds. */
  isTalkative = true
  readonly #numbers: WrittenNumbers
  #number = 0

  constructor(place: Place, numbers: WrittenNumbers) {
    this.place = place
    this.#numbers = numbers
    numbers.found(place)
  }

  /** As the contract's checks read it. */
  get log(): MemberLog {
    const { nodeid, pid } = this.place
    return { self: { nodeid, pid }, events: this.events, sent: this.sent }
  }

  event(event: TransportEvent): void {
    this.events.push(event)
    if (!this.isTalkative) return
    const { random, clock } = this.place
    if (random.oneIn(event.type === 'message' ? 8 : 2)) this.say()
    if (event.type === 'view' && random.oneIn(2)) clock.setTimer(random.below(300), () => this.say())
    if (random.oneIn(4)) this.#write()
  }

  settle(): void {}

  /** Sends the next message, of a few bytes. */
  say(): void {
    const { nodeid, pid } = this.place
    const bytes = new Uint8Array([nodeid, pid >> 8, pid & 255, this.#number >> 8, this.#number & 255])
    if (!this.place.send(bytes)) return
    this.#number += 1
    this.sent.push(messageKey(bytes))
  }

  #write(): void {
    const write = this.#numbers.next()
    const number = this.#numbers.given
    this.place.storage?.write(write, (error) => {
      if (error === undefined) this.#numbers.done = number
      else this.place.exit(error)
    })
  }
}

/** A run of {@link Numbered} subjects, and all that they remember. */
export interface NumberedRun {
  readonly result: RunResult
  readonly processes: readonly Numbered[]
  readonly numbers: readonly WrittenNumbers[]
}

/** Plays `seed` with numbered subjects on three to five nodes; unless told otherwise to a calm end. */
export function playNumbered(
  seed: number,
  stepCount: number,
  options: Partial<RunOptions> = {},
): NumberedRun {
  const nodes = options.nodes ?? 3 + (seed % 3)
  const processes: Numbered[] = []
  const current: Numbered[] = []
  const numbers = Array.from({ length: nodes + 1 }, () => new WrittenNumbers())
  const reached = (world: World) => {
    for (const process of current) if (process !== undefined) process.isTalkative = false
    return world.isAtRest
  }
  const result = runPlan({
    nodes,
    plan: wholePlan(seed, stepCount),
    start: (place) => {
      const process = new Numbered(place, numbers[place.nodeid] as WrittenNumbers)
      processes.push(process)
      current[place.nodeid] = process
      return process
    },
    client: (nodeid) => current[nodeid]?.say(),
    disturb: (nodeid) => current[nodeid]?.say(),
    memoryLost: (nodeid) => numbers[nodeid]?.lost(),
    calm: { reached, stepsMax: 20_000, what: 'rest' },
    ...options,
  })
  return { result, processes, numbers }
}
