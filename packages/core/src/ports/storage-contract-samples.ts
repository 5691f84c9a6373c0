// Records and entries with every kind of value that a storage has to bring back.

import type { Incarnation, MemoryId } from '../identity.ts'
import { encodeBody } from '../log/body.ts'
import { chainAfter } from '../log/chain.ts'
import type { Entry, EntryBody } from '../log/entry.ts'
import { noBallot } from '../wire/ballot.ts'
import type { Position } from '../wire/messages.ts'
import type { StorageOwner, StorageRecord } from './storage.ts'

const incarnation = (2 ** 53 - 5) as Incarnation

/** Names at the bounds of what they may hold. */
export const sampleOwner: StorageOwner = { group: 'g'.repeat(127), nodeid: 2 ** 32 - 1, machine: 'ä machine' }

/** Of a replica that was opened and has met nobody. */
export const emptyRecord: StorageRecord = {
  memory: 1 as MemoryId,
  group: null,
  voters: { nodeids: [1, 2, 3], policy: 'majority' },
  promised: noBallot,
  epoch: { ballot: noBallot, participants: [] },
  blank: true,
  certain: 0,
  commit: 0,
}

/** Each number gives another one. */
export function numberedRecord(number: number): StorageRecord {
  const ballot = { number, nodeid: 2 ** 32 - 1, incarnation }
  const process = { nodeid: 1, pid: 2 ** 32 - 1, incarnation }
  return {
    memory: (2 ** 53 - 1) as MemoryId,
    group: { random: 2 ** 53 - 2, generation: ballot },
    voters: { nodeids: [1, 7, 2 ** 32 - 1], policy: 'votequorum' },
    promised: ballot,
    epoch: { ballot, participants: [{ ...process, role: 'voter', memory: 3 as MemoryId }] },
    blank: false,
    certain: 2 ** 50 + number,
    commit: 2 ** 40 + number,
  }
}

/** A log of `count` entries behind `position`; another `salt` gives others. */
export function entriesBehind(position: Position, count: number, salt = 0): Entry[] {
  const entries: Entry[] = []
  let { chain } = position
  for (let place = 1; place <= count; place++) {
    const body = bodyOf(position.index + place, salt)
    const payload = encodeBody(body)
    chain = chainAfter(chain, payload)
    entries.push({ body, payload, chain })
  }
  return entries
}

function bodyOf(index: number, salt: number): EntryBody {
  if (index % 2 === 1) return { type: 'tick', timeMs: 1000 + index + salt }
  const commands = Uint8Array.of(1, 2, 3, index, salt)
  return {
    type: 'commands',
    origin: incarnation,
    session: 1,
    first: index,
    count: 1,
    lowest: 1,
    timeMs: 5,
    commands,
  }
}
