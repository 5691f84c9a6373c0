// The replicated state but for the application's: what the protocol itself keeps in the machine, and how a snapshot
// holds it. Design: docs/protocol.md, "A replica keeps".

import { messageOf, QuorateError } from '../errors.ts'
import type { Incarnation } from '../identity.ts'
import type { Index, Versions } from '../log/entry.ts'
import { type Answer, RejectedAnswer } from './application.ts'
import { encode } from './data/encode.ts'
import { SliceEncoder } from './data/slice-encoder.ts'
import type { GroupMember } from './group-membership.ts'
import { defaultLimits, type MachineLimits } from './limits.ts'
import type { Machine } from './machine.ts'
import { Session } from './session.ts'
import { SessionTable } from './session-table.ts'
import { Entries } from './table/entries.ts'
import { type Timer, Timers } from './timers.ts'

export interface GroupState {
  /** Of the last entry that was applied. */
  index: Index
  /** Cluster time, milliseconds. */
  timeMs: number
  /** Of all randomness; 0 before the first VIEW entry. */
  seed: number
  /** In force; 0 before the first VIEW entry. */
  versions: Versions
  limits: MachineLimits
  members: readonly GroupMember[]
  readonly sessions: SessionTable
  readonly timers: Timers
}

export function emptyGroupState(): GroupState {
  return {
    index: 0,
    timeMs: 0,
    seed: 0,
    versions: { protocol: 0, machine: 0 },
    limits: defaultLimits,
    members: [],
    sessions: new SessionTable(),
    timers: new Timers(),
  }
}

const magic = 'quorate-state'
/** 2: with tables, which programs that know only 1 cannot read. What has none they can. */
const [formatMin, formatMax] = [1, 2]

type SavedRejection = readonly [place: number, code: string, message: string, data: unknown]
type SavedSession = readonly [
  ...process: [nodeid: number, pid: number, incarnation: Incarnation],
  index: Index,
  absentSinceMs: number | null,
  lowest: number,
  results: readonly Answer[],
  rejections: readonly SavedRejection[],
]
type SavedTimer = readonly [key: string, atMs: number, sequence: number, command: Uint8Array]
interface SavedGroup
  extends Pick<GroupState, 'index' | 'timeMs' | 'seed' | 'versions' | 'limits' | 'members'> {
  readonly sessions: readonly SavedSession[]
  readonly timers: readonly SavedTimer[]
  readonly scheduled: number
}

/** What the digest covers: as a snapshot, with the application's fingerprint in its place. */
export function encodeFingerprint(machine: Machine, state: GroupState, fingerprint: unknown): Uint8Array {
  return encode(saved(machine, state, fingerprint))
}

/**
 * A snapshot, encoded as it is asked for; what changes in `state` from now on does not show in it.
 *
 * @param application what the application has saved: bytes, which are copied, or a value that never changes
 */
export function sliceGroupState(machine: Machine, state: GroupState, application: unknown): SliceEncoder {
  const lasting = application instanceof Uint8Array ? new Uint8Array(application) : application
  return new SliceEncoder(saved(machine, state, lasting))
}

/** Does not change with `state`: of sessions and timers, which do, it holds copies; all else in it is only replaced. */
function saved(machine: Machine, state: GroupState, application: unknown): readonly unknown[] {
  const { index, timeMs, seed, versions, limits, members, sessions, timers } = state
  const group: SavedGroup = {
    ...{ index, timeMs, seed, versions, limits, members },
    sessions: sessions.all().map(saveSession),
    timers: timers.all().map(({ key, atMs, sequence, command }) => [key, atMs, sequence, command]),
    scheduled: timers.scheduled,
  }
  const format = holdsTables(application) ? formatMax : formatMin
  return [magic, format, machine.name, versions.machine, group, application]
}

function holdsTables(application: unknown): boolean {
  if (typeof application !== 'object' || application === null) return false
  return Object.values(application).some((part) => part instanceof Entries)
}

/**
 * @param snapshot decoded: the states take its parts over
 * @throws {QuorateError} `Malformed`: it is no snapshot; `WrongMachine`: another machine's; `VersionTooNew` or
 * `VersionTooOld`: of a version that `machine` cannot run
 */
export function restoredGroupState(
  machine: Machine,
  snapshot: unknown,
): { readonly group: GroupState; readonly application: unknown } {
  if (!Array.isArray(snapshot) || snapshot[0] !== magic) malformed('it does not begin as one')
  const [, writtenFormat, name, version, group, application] = snapshot
  if (writtenFormat !== formatMin && writtenFormat !== formatMax)
    throw new QuorateError(
      'VersionTooNew',
      `The snapshot has format ${writtenFormat}; this program reads ${formatMin} to ${formatMax}`,
    )
  if (name !== machine.name)
    throw new QuorateError(
      'WrongMachine',
      `The snapshot is of machine '${name}', and this is '${machine.name}'`,
    )
  checkVersion(machine, version, 'The snapshot')
  try {
    return { group: restoreGroup(group), application }
  } catch (cause) {
    return malformed(messageOf(cause), cause)
  }
}

/**
 * Before the first VIEW entry the version is 0, which any machine runs.
 *
 * @throws {QuorateError} `VersionTooNew`, `VersionTooOld`
 */
export function checkVersion({ name, version, minimumVersion }: Machine, needed: number, what: string): void {
  const runs = `this program runs ${minimumVersion} to ${version} of machine '${name}'`
  if (needed > version)
    throw new QuorateError(
      'VersionTooNew',
      `${what} has version ${needed}, and ${runs}: start a newer program`,
    )
  if (needed !== 0 && needed < minimumVersion)
    throw new QuorateError(
      'VersionTooOld',
      `${what} has version ${needed}, and ${runs}: first upgrade the group with a program that runs both`,
    )
}

function saveSession({ process, index, absentSinceMs, lowest, answers }: Session): SavedSession {
  const { nodeid, pid, incarnation } = process
  const results = answers.map((answer) => (answer instanceof RejectedAnswer ? undefined : answer))
  const rejections = answers.flatMap((answer, place): SavedRejection[] =>
    answer instanceof RejectedAnswer ? [[place, answer.code, answer.message, answer.data]] : [],
  )
  return [nodeid, pid, incarnation, index, absentSinceMs, lowest, results, rejections]
}

function restoreGroup(saved: SavedGroup): GroupState {
  const { index, timeMs, seed, versions, limits, members, sessions, timers, scheduled } = saved
  return {
    ...{ index, timeMs, seed, versions, limits, members },
    sessions: new SessionTable(sessions.map(restoreSession)),
    timers: new Timers(timers.map(restoreTimer), scheduled),
  }
}

function restoreSession(saved: SavedSession): Session {
  const [nodeid, pid, incarnation, index, absentSinceMs, lowest, results, rejections] = saved
  const answers = [...results]
  for (const [place, code, message, data] of rejections)
    answers[place] = new RejectedAnswer(code, message, data)
  const session = new Session({ nodeid, pid, incarnation }, index, lowest, answers)
  session.absentSinceMs = absentSinceMs
  return session
}

function restoreTimer([key, atMs, sequence, command]: SavedTimer): Timer {
  return { key, atMs, sequence, command }
}

function malformed(why: string, cause?: unknown): never {
  throw new QuorateError('Malformed', `These bytes are no snapshot of a replicated state: ${why}`, { cause })
}
