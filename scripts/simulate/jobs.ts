// What worker processes are given, and what they give back: plain data.

import type { SettingChoice } from '@quorate/testkit/simulation'

/** Some seeds, in order. */
export interface SeedsJob {
  readonly type: 'seeds'
  readonly from: number
  readonly count: number
  readonly choice: SettingChoice
  readonly fault: string | undefined
}

export interface Found {
  readonly seed: number
  readonly invariant: string
  readonly text: string
}

export interface SeedsResult {
  readonly type: 'seeds'
  readonly runs: number
  readonly steps: number
  /** Seeds whose run waits for an operator in the end. */
  readonly waiting: readonly number[]
  readonly found: readonly Found[]
  /** How often each kind of event occurred, in the world and at the replicas. */
  readonly events: Readonly<Record<string, number>>
}

/** Seeds until one violates what it does not violate with all rules on. */
export interface FaultJob {
  readonly type: 'fault'
  readonly fault: string
  readonly choice: SettingChoice
  /** The first seed. */
  readonly from: number
  /** No run is begun later. */
  readonly timeMs: number
}

export interface FaultResult {
  readonly type: 'fault'
  readonly fault: string
  /** The last seed that was played. */
  readonly seed: number
  readonly found: Found | null
  readonly tookMs: number
}

export type Job = SeedsJob | FaultJob
export type JobResult = SeedsResult | FaultResult
