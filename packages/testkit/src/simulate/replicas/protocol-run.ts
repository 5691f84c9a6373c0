// The protocol's own simulation: a seed names the group's setting, the faults and what clients do.

import type { SeededFault } from '@quorate/core/simulation'
import type { Plan } from '../run.ts'
import { type Shrunk, shrink } from '../shrink.ts'
import type { DiskJournal } from '../world/disk-journal.ts'
import { type Played, play } from './play.ts'
import { drawSetting, type SettingChoice } from './setting.ts'
import { ProbeWorkload } from './workload/probe.ts'
import { probeMachines } from './workload/probe-machine.ts'

export interface ProtocolRunOptions extends SettingChoice {
  readonly seed: number
  /** A rule that is switched off. */
  readonly fault?: SeededFault | null | undefined
  /** By default the whole faulty phase. */
  readonly plan?: Plan | undefined
  readonly traceLines?: number | undefined
  /** For what becomes of a node's disk; asked once for each. */
  readonly journal?: ((nodeid: number) => DiskJournal) | undefined
}

/** Plays one run of the protocol. The same options give the same run, on every version of Node. */
export function playProtocol({
  seed,
  fault,
  plan,
  traceLines,
  journal,
  ...choice
}: ProtocolRunOptions): Played {
  return play({
    machines: probeMachines,
    seed,
    setting: drawSetting(seed, choice),
    workload: (group) => new ProbeWorkload(group),
    fault: fault ?? null,
    ...(plan !== undefined && { plan }),
    ...(traceLines !== undefined && { traceLines }),
    ...(journal !== undefined && { journal }),
  })
}

/** Leaves out what a failing run does not need; it still violates the same invariant. */
export function shrinkProtocol(options: ProtocolRunOptions, runsMax?: number): Shrunk {
  const { invariant, plan } = playProtocol(options)
  return shrink(
    plan,
    (shorter) => playProtocol({ ...options, plan: shorter }).invariant === invariant,
    runsMax,
  )
}
