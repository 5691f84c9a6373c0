// What there was to choose between when a coordinator installed an epoch.

import { compareBallots, type Output, type State } from '@quorate/core/simulation'
import type { ReplicaEventKind } from './kinds.ts'

type Message = Extract<Output, { type: 'send' }>['message']
type Promised = Extract<Message, { type: 'promise' }>
type Install = Extract<Message, { type: 'install' }>

export function chosenEvents({ round, voters }: State, install: Install): ReplicaEventKind[] {
  const kinds: ReplicaEventKind[] = []
  const promises = [...(round?.promises.values() ?? [])].filter(({ promise }) => promise.role === 'voter')
  const remembered = promises.filter(({ promise }) => !promise.blank).map(({ promise }) => promise)
  if (remembered.length === 0) return kinds
  const epoch = remembered.map((promise) => promise.epoch).reduce(higher)
  const candidates = remembered.filter((promise) => compareBallots(promise.epoch.ballot, epoch.ballot) === 0)
  const conflict = firstConflict(candidates)
  if (conflict !== null) kinds.push('divergent tails of one epoch')
  if (conflict !== null && candidates.some(({ certain }) => certain >= conflict))
    kinds.push('divergent tails, one of them certain')
  if (promises.some(({ promise }) => promise.blank && lists(epoch, promise.memory)))
    kinds.push('blank voter counted, since its memory reaches back to the epoch')
  const present = new Set(install.participants.map(({ nodeid }) => nodeid))
  if (voters.nodeids.every((nodeid) => present.has(nodeid))) return kinds
  kinds.push('installed without all voters')
  const absent = epoch.participants.filter(({ role, nodeid }) => role === 'voter' && !present.has(nodeid))
  if (voters.policy === 'votequorum' && absent.length > 0) kinds.push('installed alone after fencing')
  return kinds
}

type Epoch = Promised['epoch']

const higher = (a: Epoch, b: Epoch): Epoch => (compareBallots(a.ballot, b.ballot) >= 0 ? a : b)

const lists = ({ participants }: Epoch, memory: Promised['memory']): boolean =>
  participants.some((participant) => participant.memory === memory)

/** The first index, above the highest commit, at which two logs differ. */
function firstConflict(promises: readonly Promised[]): number | null {
  const end = Math.max(...promises.map(({ commit, chains }) => commit + chains.length))
  for (let index = Math.max(...promises.map(({ commit }) => commit)) + 1; index < end; index++) {
    const shown = new Set(promises.flatMap(({ commit, chains }) => chains[index - commit] ?? []))
    if (shown.size > 1) return index
  }
  return null
}
