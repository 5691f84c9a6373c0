// What is printed for people.

import type { StorageOwner, StorageRecord } from '@quorate/core'
import { describeBallot, type StateAt } from '@quorate/core/tools'
import type { BackupSummary } from '../backup/write-backup.ts'
import type { Inspection } from './inspection.ts'
import { asJson, asText } from './values.ts'

export function inspectionText({ owner, record, snapshot, log, ...rest }: Inspection): string {
  const { group, promised, epoch, blank, certain, commit, memory } = record
  const generation = group && describeBallot(group.generation)
  return table([
    ['replica', ownerText(owner)],
    ['group id', group === null ? 'none' : `${group.random}, generation ${generation}`],
    ['voters', votersText(record.voters)],
    ['memory id', `${memory}`],
    ['promised', describeBallot(promised)],
    ['epoch', `${describeBallot(epoch.ballot)}, of ${participantsText(epoch.participants)}`],
    ['blank', blank ? 'yes' : 'no'],
    ['certain', count(certain)],
    ['commit', count(commit)],
    ['snapshot', snapshot === null ? 'none' : `at ${count(snapshot.index)}, ${count(snapshot.bytes)} bytes`],
    ['log', logText(log)],
    ...rest.asides.map(({ commit: last, last: end }, i) => [
      `aside ${i + 1}`,
      `committed up to ${count(last)}, log up to ${count(end)}`,
    ]),
    ['file', `${count(rest.fileBytes)} bytes`],
    ...(rest.digest === null ? [] : [['sha256', rest.digest]]),
  ])
}

export const backupText = ({ file, bytes, digest, index }: BackupSummary): string =>
  `${file}: the state at ${count(index)}, ${count(bytes)} bytes\nsha256 ${digest}`

/** A storage that was made. */
export interface RestoredStorage {
  readonly path: string
  readonly owner: StorageOwner
  readonly voters: StorageRecord['voters']
  readonly group: StorageRecord['group']
  readonly index: number
}

export function restoreText({ path, owner, voters, group, index }: RestoredStorage): string {
  const { nodeids } = voters
  const others = nodeids.filter((nodeid) => nodeid !== owner.nodeid)
  const start =
    others.length === 0
      ? 'Start its replica.'
      : `Start its replica, and those of the nodes ${others.join(', ')} with empty storages: the group begins when all are there.`
  return [
    `${path}: ${ownerText(owner)}, with the state at ${count(index)}, in a new group with the id ${group?.random}`,
    `voters ${votersText(voters)}`,
    `${start} No replica of the old group may run any more.`,
  ].join('\n')
}

export function replayText({ index, state, digest, timeMs, versions }: StateAt, json: boolean): string {
  if (json) return JSON.stringify({ index, digest, timeMs, versions, state: asJson(state) })
  const head = [
    `index ${index}`,
    `digest ${digest}`,
    `time ${timeText(timeMs)}`,
    `version ${versions.machine}`,
  ]
  return `${head.join(', ')}\n${asText(state)}`
}

/** Cluster time; before the first entry there is none. */
export const timeText = (timeMs: number): string => (timeMs === 0 ? '-' : new Date(timeMs).toISOString())

const ownerText = ({ group, nodeid, machine }: StorageOwner): string =>
  `of group '${group}' on node ${nodeid}, machine '${machine}'`

const votersText = ({ nodeids, policy }: StorageRecord['voters']): string =>
  `${nodeids.join(', ')} by ${policy}`

type Participants = StorageRecord['epoch']['participants']

export function participantsText(participants: Participants): string {
  if (participants.length === 0) return 'nobody'
  return participants
    .map(({ nodeid, pid, role }) => `${nodeid}:${pid}${role === 'learner' ? ' (learner)' : ''}`)
    .join(', ')
}

function logText({ first, last, entries, bytes }: Inspection['log']): string {
  if (entries === 0) return `no entry behind ${count(last)}`
  return `${count(first)} to ${count(last)}: ${count(entries)} ${entries === 1 ? 'entry' : 'entries'}, ${count(bytes)} bytes`
}

const count = (value: number): string => value.toLocaleString('en-US')

function table(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([name = '']) => name.length))
  return rows.map(([name = '', value = '']) => `${name.padEnd(width)}  ${value}`).join('\n')
}
