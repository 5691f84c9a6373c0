// What a group agrees to run. Pure. Design: docs/protocol.md, "Versions".

import type { Versions } from '../../log/entry.ts'
import { noVersions } from '../../log/log.ts'
import type { Position, PromiseMessage, VersionRange } from '../../wire/messages.ts'
import type { Answer } from './attendance.ts'
import { lastIndex, shownChain } from './choose-log.ts'

/** What somebody can run. */
export type Abilities = Pick<PromiseMessage, 'protocolVersions' | 'machineVersions'>

/**
 * What the log up to `base` has agreed on. A base is the end of somebody's log or his commit, and a PROMISE says what
 * was agreed up to either; logs that go on behind the base may have agreed on more.
 */
export function agreedAt(base: Position, answers: readonly Answer[]): Versions {
  for (const { promise } of answers) {
    if (shownChain(promise, base.index) !== base.chain) continue
    if (lastIndex(promise) === base.index) return promise.agreed
    if (promise.commit === base.index) return promise.agreedAtCommit
  }
  return noVersions
}

const includes = ({ lowest, highest }: VersionRange, version: number): boolean =>
  version === 0 || (lowest <= version && version <= highest)

/** Whether somebody can run what was agreed (0: nothing yet). */
export function canRun({ protocolVersions, machineVersions }: Abilities, agreed: Versions): boolean {
  return includes(protocolVersions, agreed.protocol) && includes(machineVersions, agreed.machine)
}

/** The highest versions that none is too old for. What was agreed is not above them: all can run it. */
export function commonVersions(answers: readonly Answer[]): Versions {
  return {
    protocol: Math.min(...answers.map(({ promise }) => promise.protocolVersions.highest)),
    machine: Math.min(...answers.map(({ promise }) => promise.machineVersions.highest)),
  }
}

/** The lowest versions that none is too new for. */
export function leastVersions(answers: readonly Answer[]): Versions {
  return {
    protocol: Math.max(...answers.map(({ promise }) => promise.protocolVersions.lowest)),
    machine: Math.max(...answers.map(({ promise }) => promise.machineVersions.lowest)),
  }
}
