// What callers are told when a call fails: what happened, what became of the command, what to do.

import { inspect } from 'node:util'
import { messageOf, type Outcome, QuorateError } from '../errors.ts'
import type { Machine } from '../machine/machine.ts'
import { describeObstacle } from './describe-obstacle.ts'
import { divergencesMax, divergencesWithinMs } from './divergences.ts'
import type { GiveUpReason } from './patience.ts'
import type { Room } from './room.ts'
import type { Standing } from './standing.ts'

export function overloaded({ count, bytes }: Room): QuorateError {
  return new QuorateError(
    'Overloaded',
    `${count} commands of ${bytes} bytes are open: try again when some of them are answered, or open the ` +
      "replica with overload: 'wait' or higher limits",
    { outcome: 'unapplied' },
  )
}

export function sessionExpired(): QuorateError {
  return new QuorateError(
    'SessionExpired',
    'The group ended the session of this process before the command was answered, because the process was away for ' +
      'too long: look at the state to see whether it was applied',
    { outcome: 'unknown' },
  )
}

export function diverged(): QuorateError {
  return new QuorateError(
    'Diverged',
    'The state of this replica was not that of a majority of the voters, and it begins anew with none: look at the ' +
      'state, once it is current, to see whether the command was applied',
    { outcome: 'unknown' },
  )
}

/** A snapshot, to be stored or sent, has the state as its item 5. */
export function snapshotFailed(cause: unknown): QuorateError {
  const code = cause instanceof QuorateError ? cause.code : 'MachineFailed'
  const hint =
    code === 'Unserializable' ? '. [5] is the state; guard: true stops the reducer that does it' : ''
  const message = `No snapshot of the machine's state can be made: ${messageOf(cause)}${hint}`
  return new QuorateError(code, message, { cause })
}

/** What to look for when beginning anew has not helped. */
export function divergedAgain(machine: Machine): string {
  return (
    ` This is time ${divergencesMax} within ${divergencesWithinMs / 60_000} minutes: it has begun anew each time ` +
    `before, so find out what is other on this node: ${firstState(machine)}the build of the program, the version of ` +
    'Node.js, a variable or a file that a reducer reads, a floating-point function; guard: true finds clocks, ' +
    'randomness and I/O. If nothing is, test its memory. Then open the replica again'
  )
}

/** Who replays the log from its first entry begins with the state of the version that the group had then. */
function firstState({ name, version, minimumVersion }: Machine): string {
  if (minimumVersion === version) return ''
  return (
    `initial(version), or open(version), of machine '${name}', which must give the first state of the version that ` +
    `it is given, ${minimumVersion} to ${version}, and not always the newest; `
  )
}

/** For callers without types. */
export function noFunction(what: string, given: unknown, example: string): QuorateError {
  return new QuorateError(
    'BadOption',
    `${what} must be a function, such as ${example}, and is ${inspect(given)}`,
  )
}

export function commandGivenUp(reason: GiveUpReason, cause: unknown, outcome: Outcome): QuorateError {
  const what = reason === 'Deadline' ? 'The deadline passed' : 'The signal fired'
  const then =
    outcome === 'unapplied'
      ? 'before the command was sent: it will never be applied'
      : 'after the command was sent: it may be applied, now or later'
  return new QuorateError(reason, `${what} ${then}`, { cause, outcome })
}

export function readGivenUp(reason: GiveUpReason, cause: unknown): QuorateError {
  const what = reason === 'Deadline' ? 'The deadline passed' : 'The signal fired'
  return new QuorateError(reason, `${what} before the read was answered`, { cause })
}

export function onceAborted(name: string, cause: unknown): QuorateError {
  return new QuorateError('Aborted', `The signal fired before the event '${name}' came`, { cause })
}

/** The same for another call: each has an error, and a stack, of its own. */
export function again({ code, message, cause }: QuorateError, outcome?: Outcome): QuorateError {
  return new QuorateError(code, message, { cause, ...(outcome !== undefined && { outcome }) })
}

/** The programs of others may not have the command: who meets it without a reducer stops. */
export function notYet({ name, since }: Machine, command: string, version: number): QuorateError {
  const runs =
    version === 0 ? 'which version the group runs is not known yet' : `the group runs version ${version}`
  return new QuorateError(
    'VersionTooOld',
    `The command '${command}' came with version ${since(command)} of machine '${name}', and ${runs}: submit it once ` +
      'every replica has been upgraded and is ready',
    { outcome: 'unapplied' },
  )
}

export function noQuorum(standing: Standing): QuorateError {
  return new QuorateError(
    'NoQuorum',
    `Nothing can be committed here: ${whyNotPrimary(standing)}. Until then replica.state has what was last known`,
  )
}

export function notReady(reason: GiveUpReason, cause: unknown, standing: Standing): QuorateError {
  const what = reason === 'Deadline' ? 'The deadline passed' : 'The signal fired'
  const message = `${what} before the replica was ready: ${whyNotPrimary(standing)}`
  return new QuorateError(reason, message, { cause })
}

function whyNotPrimary({ obstacle, members, catchingUp }: Standing): string {
  if (members.length === 0) return 'the local daemon is down or has not been joined yet: see that it runs'
  if (catchingUp !== null)
    return `it is catching up, at entry ${catchingUp.from} of ${catchingUp.to}: give it more time`
  const nodeids = members.map(({ nodeid }) => nodeid).join(', ')
  return `node ids in the view: ${nodeids}; ${obstacle === null ? noObstacle : describeObstacle(obstacle)}`
}

const noObstacle =
  'a round is under way, or another member knows why there is none: see status.obstacle of its replica'
