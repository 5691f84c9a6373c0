// Commit: what a majority holds. Design: docs/protocol.md, "Acks, commit, valid votes".

import type { Index } from '../../log/entry.ts'
import { majorityOf } from '../../wire/group.ts'
import { afterCommit } from '../client/origin.ts'
import { faulty } from '../faults.ts'
import type { InstalledState, State } from '../state.ts'

export function tryCommit(state: State): void {
  const { active, installed, log } = state
  if (!active || installed === null) return
  const acked = faulty(state, 'commit-on-own-delivery') ? log.last : ackedByEnough(state, installed)
  const index = Math.min(acked, log.last)
  if (index <= state.commit) return
  if (index > installed.install.base) state.sawCommit = state.epoch.ballot
  commitUpTo(state, index)
}

/** Policy majority: by a majority of the voter set. Policy votequorum: by every voter that participates. */
export function ackedByEnough(
  state: Pick<State, 'voters' | 'fault'>,
  { acks, participants }: Pick<InstalledState, 'acks' | 'participants'>,
): Index {
  const { voters } = state
  if (voters.policy === 'votequorum') {
    let lowest = Number.POSITIVE_INFINITY
    for (const { role, nodeid } of participants.values()) {
      if (role === 'voter') lowest = Math.min(lowest, acks.get(nodeid)?.index ?? 0)
    }
    return lowest === Number.POSITIVE_INFINITY ? 0 : lowest
  }
  const indexes = voters.nodeids.map((nodeid) => acks.get(nodeid)?.index ?? 0)
  if (faulty(state, 'learners-acks-count'))
    for (const [nodeid, { index }] of acks) if (!voters.nodeids.includes(nodeid)) indexes.push(index)
  indexes.sort((a, b) => b - a)
  const needed = majorityOf(voters) - (faulty(state, 'commit-by-minority') ? 1 : 0)
  return indexes[needed - 1] as Index
}

/** Hands the entries up to `index`, which are in the log, to the machine. */
export function commitUpTo(state: State, index: Index): void {
  const { log, commit } = state
  const entries = log.slice(commit, index)
  state.commit = index
  state.certain = Math.max(state.certain, index)
  state.possible = Math.max(state.possible, state.certain)
  if (faulty(state, 'marker-before-applied')) afterCommit(state, commit + 1, entries)
  state.outputs.push({ type: 'apply', first: commit + 1, entries })
  afterCommit(state, commit + 1, entries)
}
