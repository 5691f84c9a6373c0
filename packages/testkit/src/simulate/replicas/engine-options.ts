// What a simulated process begins with: its options, as a caller of the real thing would give them.

import type { Incarnation, LoopEngineOptions, Machine, MemoryId, VoterSet } from '@quorate/core/simulation'
import type { Place } from '../world/place.ts'
import type { Group } from './group.ts'

/** `voters`: as this process is configured; it votes where its node is one of them. */
export function engineOptions(
  { nodeid, pid, random }: Place,
  { fault, tuner }: Group,
  machine: Machine,
  voters: VoterSet,
): LoopEngineOptions {
  return {
    self: { nodeid, pid, incarnation: (random.bits53() || 1) as Incarnation },
    role: voters.nodeids.includes(nodeid) ? 'voter' : 'learner',
    voters,
    votersFromNodeList: false,
    memory: (random.bits53() || 1) as MemoryId,
    protocolVersions: { lowest: 1, highest: 1 },
    machineVersions: { lowest: machine.minimumVersion, highest: machine.version },
    ...tuner.opened(random),
    messageBytesMax: Number.POSITIVE_INFINITY,
    fault,
  }
}
