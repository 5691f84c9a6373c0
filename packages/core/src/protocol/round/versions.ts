// What a group agrees to run. Pure. Design: docs/protocol.md, "Versions".

import type { Versions } from '../../log/entry.ts'
import type { VoterSet } from '../../wire/group.ts'
import type { Position, PromiseMessage, VersionRange } from '../../wire/messages.ts'
import { shownChain } from './choose-log.ts'
import type { Answer } from './decide.ts'

/**
 * What the chosen log has agreed on. Every holder of the base has its VIEW entries, and perhaps later ones behind it;
 * whoever's log ends there has exactly these.
 */
export function agreedAt(base: Position, answers: readonly Answer[]): Versions {
  const holders = answers.filter(({ promise }) => shownChain(promise, base.index) === base.chain)
  return {
    protocol: Math.min(...holders.map(({ promise }) => promise.agreed.protocol)),
    machine: Math.min(...holders.map(({ promise }) => promise.agreed.machine)),
  }
}

const includes = ({ lowest, highest }: VersionRange, version: number): boolean =>
  version === 0 || (lowest <= version && version <= highest)

/** Whether the sender of a PROMISE can run what was agreed (0: nothing yet). */
export function canRun({ protocolVersions, machineVersions }: PromiseMessage, agreed: Versions): boolean {
  return includes(protocolVersions, agreed.protocol) && includes(machineVersions, agreed.machine)
}

/** The highest versions that all can run, if every voter is here; else what was agreed. */
export function raise(agreed: Versions, answers: readonly Answer[], { nodeids }: VoterSet): Versions {
  const voters = answers.filter(({ promise }) => promise.role === 'voter')
  if (!nodeids.every((nodeid) => voters.some(({ from }) => from.nodeid === nodeid))) return agreed
  return {
    protocol: Math.max(
      agreed.protocol,
      Math.min(...answers.map(({ promise }) => promise.protocolVersions.highest)),
    ),
    machine: Math.max(
      agreed.machine,
      Math.min(...answers.map(({ promise }) => promise.machineVersions.highest)),
    ),
  }
}
