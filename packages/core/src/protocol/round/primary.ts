// Whether a round's promises are enough to install an epoch. Pure. Design: docs/protocol.md, "Primary".

import { type RingId, sameRing } from '../../identity.ts'
import type { Participant } from '../../log/entry.ts'
import { sameBallot } from '../../wire/ballot.ts'
import { majorityOf, type VoterSet } from '../../wire/group.ts'
import type { EpochRecord } from '../../wire/messages.ts'
import { faulty, type SeededFault } from '../faults.ts'
import type { Obstacle } from '../output.ts'
import { highestEpoch, isIntact, type Promised } from './choose-log.ts'

/** What a round has to go on. */
export interface Attendance {
  readonly set: VoterSet
  /** Counted promises of voters. */
  readonly voters: readonly Promised[]
  /** These and the learners'. */
  readonly all: readonly Promised[]
  /** Members of the view that have not answered at all. */
  readonly silent: readonly number[]
  /** Whether somebody who has answered, a stranger too, shows a group id or a commit: nothing may be bootstrapped. */
  readonly groupKnown: boolean
  /** The ring in PREPARE, and its nodes. */
  readonly ring: RingId
  readonly nodeids: readonly number[]
  readonly fault: SeededFault | null
}

export type Primary =
  | { readonly primary: 'yes'; readonly bootstrap: boolean; readonly intact: readonly number[] }
  | { readonly primary: 'no'; readonly obstacle: Obstacle }

export function judge(attendance: Attendance): Primary {
  const { set, voters } = attendance
  const epoch = highestEpoch(voters)
  const missing = set.nodeids.filter((nodeid) => !voters.some((voter) => voter.nodeid === nodeid))
  const allowed = set.policy === 'majority' || servicesAgree(attendance)
  if (!allowed) return no({ reason: 'no-quorum', missing })
  if (epoch === undefined) return bootstrap(attendance, missing)
  const intact = voters.filter((voter) => counts(attendance, voter, epoch))
  const enough =
    set.policy === 'majority' ? isMajority(attendance, intact.length) : nobodyElseGoesOn(attendance, epoch)
  if (!enough && missing.length > 0) return no({ reason: 'no-quorum', missing })
  return { primary: 'yes', bootstrap: false, intact: intact.map(({ nodeid }) => nodeid) }
}

function counts(attendance: Attendance, voter: Promised, epoch: EpochRecord): boolean {
  if (faulty(attendance, 'blank-counts')) return true
  if (faulty(attendance, 'blank-never-intact')) return !voter.promise.blank
  return isIntact(voter, epoch)
}

const isMajority = (attendance: Attendance, count: number): boolean =>
  count >= majorityOf(attendance.set) - (faulty(attendance, 'primary-of-minority') ? 1 : 0)

const emptyStart: Primary = { primary: 'yes', bootstrap: true, intact: [] }

const no = (obstacle: Obstacle): Primary => ({ primary: 'no', obstacle })

/** All voters, all blank, and nobody in the view knows better. */
function bootstrap(attendance: Attendance, missing: readonly number[]): Primary {
  const { set, silent, groupKnown } = attendance
  const majorityHere = set.nodeids.length - missing.length >= majorityOf(set)
  if (faulty(attendance, 'bootstrap-from-majority') && majorityHere) return emptyStart
  if (missing.length > 0) return no({ reason: 'bootstrap', missing })
  if (silent.length > 0) return no({ reason: 'bootstrap', missing: silent })
  if (groupKnown) return no({ reason: 'bootstrap', missing: [] })
  return emptyStart
}

/** Every voter's quorum service says quorate of this very ring, and every voter node of the ring takes part. */
function servicesAgree(attendance: Attendance): boolean {
  const { set, voters, ring, nodeids } = attendance
  const quorate = voters.every(({ promise: { quorum } }) => quorum?.quorate === true)
  if (faulty(attendance, 'quorum-flag-alone')) return quorate
  const ofThisRing = voters.every(({ promise: { quorum } }) => quorum !== null && sameRing(quorum.ring, ring))
  const present = set.nodeids.every(
    (nodeid) => !nodeids.includes(nodeid) || voters.some((voter) => voter.nodeid === nodeid),
  )
  return quorate && present && (ofThisRing || faulty(attendance, 'quorum-of-another-ring'))
}

/** Policy votequorum: no other part can have gone on from `epoch`, or go on now. */
function nobodyElseGoesOn(attendance: Attendance, epoch: EpochRecord): boolean {
  const { voters, all } = attendance
  if (faulty(attendance, 'quorum-flag-alone')) return true
  const participants = epoch.participants.filter(({ role }) => role === 'voter')
  const here = ({ nodeid, memory }: Participant): boolean =>
    voters.some((voter) => voter.nodeid === nodeid && voter.promise.memory === memory)
  if (participants.every(here)) return true
  const fenced = new Set(all.flatMap(({ promise }) => promise.fenced))
  const accounted = participants.every(
    ({ nodeid, incarnation }) =>
      voters.some((voter) => voter.nodeid === nodeid) ||
      fenced.has(incarnation) ||
      faulty(attendance, 'alone-unfenced'),
  )
  const witness = voters.some(
    ({ promise }) =>
      sameBallot(promise.epoch.ballot, epoch.ballot) &&
      (promise.adoptedHere || faulty(attendance, 'alone-restarted')) &&
      (promise.sawCommit ||
        faulty(attendance, 'alone-without-commit') ||
        faulty(attendance, 'alone-restarted')),
  )
  return accounted && witness
}
