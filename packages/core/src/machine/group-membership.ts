// Who is in the group, as the machine sees it. A process is a member from the first VIEW entry that names it as
// participant, until one whose view is without it. A member that misses a round, because its disk is slow, say, is
// still in the view and stays. VIEW entries say who is there; who joined and who left follows from what was before.
// Design: docs/protocol.md, "Messages" and "Sessions".

import { freeze } from 'immer'
import type { Process, Role } from '../identity.ts'
import type { ViewBody } from '../log/entry.ts'

/** A process that takes part in the group. */
export interface GroupMember extends Process {
  readonly role: Role
}

/** What a VIEW entry changed. */
export interface MembershipChange {
  /** By node id, then pid; as are the others. */
  readonly joined: readonly GroupMember[]
  readonly left: readonly GroupMember[]
  /** All, from now on. */
  readonly members: readonly GroupMember[]
}

/** What `view` changes for `before`; frozen, for machines hear of it and the group goes on with it. */
export function membershipChange(before: readonly GroupMember[], view: ViewBody): MembershipChange {
  const stay = before.filter((member) => isInView(member, view))
  const left = before.filter((member) => !isInView(member, view))
  const known = new Set(stay.map(({ incarnation }) => incarnation))
  const joined = view.participants.filter(({ incarnation }) => !known.has(incarnation)).map(groupMember)
  const members = [...stay, ...joined].sort(byAddress)
  return freeze({ joined: joined.sort(byAddress), left, members }, true)
}

/** Whether `process` is in the view; of some members of a view the incarnation is not known. */
export function isInView({ nodeid, pid, incarnation }: Process, view: ViewBody): boolean {
  return view.members.some(
    (member) =>
      member.nodeid === nodeid &&
      member.pid === pid &&
      (member.incarnation === incarnation || member.incarnation === 0),
  )
}

function groupMember({ nodeid, pid, incarnation, role }: GroupMember): GroupMember {
  return { nodeid, pid, incarnation, role }
}

function byAddress(a: Process, b: Process): number {
  return a.nodeid - b.nodeid || a.pid - b.pid
}
