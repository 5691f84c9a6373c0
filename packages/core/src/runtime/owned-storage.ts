// A storage belongs to one replica: to another group's, node's or machine's it would bring a log that is not its own.
// Design: docs/protocol.md, R3.4.

import { setImmediate as turn } from 'node:timers/promises'
import { QuorateError } from '../errors.ts'
import type { Index } from '../log/entry.ts'
import { type ReplicatedState, snapshotDecoder } from '../machine/replicated-state.ts'
import type { Storage, StorageOwner, Stored } from '../ports/storage.ts'
import type { StoredState } from '../protocol/options.ts'
import type { LoopStorage, ReadSnapshot, Restorable } from './ports.ts'
import { bad } from './replica-bounds.ts'

/** What `storage` has and takes, for a replica of this owner; the first write of an empty one names it. */
export function owned(storage: Storage, stored: Restorable | null, owner: StorageOwner): LoopStorage {
  let isEmpty = stored === null
  return {
    stored,
    write(each, done) {
      const names = each.part === undefined && (isEmpty || each.setAside)
      storage.write(names ? { ...each, owner } : each, done)
      isEmpty &&= !names
    },
  }
}

/** With its snapshot read: a turn for each piece, since other replicas of this process go on. */
export async function restorable({ snapshot, ...stored }: Stored): Promise<Restorable> {
  if (snapshot === null) return { ...stored, snapshot }
  const decoder = snapshotDecoder()
  let bytes = 0
  for await (const piece of snapshot.pieces) {
    decoder.add(piece)
    bytes += piece.length
    await turn()
  }
  return { ...stored, snapshot: { index: snapshot.index, bytes, decoder } }
}

/**
 * What an engine begins with; `state` is restored, if it was not yet.
 *
 * @throws {QuorateError} as `restoreStored`
 */
export function storedState(state: ReplicatedState, stored: Restorable | null): StoredState | null {
  if (stored === null) return null
  const { record, start, entries, replayed } = stored
  if (replayed === undefined) restoreStored(state, stored)
  const { versions } = replayed ?? state
  return { record, start: { ...start, versions }, entries, applied: state.index }
}

/**
 * Brings `state`, which is new, to the snapshot, if there is one.
 *
 * @throws {QuorateError} as `ReplicatedState.restore`; `Malformed` also where the state is that of another index, or
 * entries are missing behind it
 */
export function restoreStored(state: ReplicatedState, stored: Restorable): void {
  if (stored.snapshot !== null) restoreSnapshot(state, stored.snapshot)
  checkReach(stored, state.index)
}

function restoreSnapshot(state: ReplicatedState, { index, decoder }: ReadSnapshot): void {
  state.restoreFrom(decoder)
  if (state.index === index) return
  throw new QuorateError(
    'Malformed',
    `The storage's snapshot says that it is at ${index}, and holds the state at ${state.index}: the storage is ` +
      'damaged. Keep it aside, and open the replica with an empty one',
  )
}

/** The log goes on where the state ends, and has all that is committed. */
function checkReach({ record, start, entries }: Restorable, applied: Index): void {
  const last = start.index + entries.length
  if (start.index <= applied && applied <= record.commit && record.commit <= last) return
  throw new QuorateError(
    'Malformed',
    `The storage has the state at ${applied}, entries behind ${start.index} up to ${last}, and a commit at ` +
      `${record.commit}: what lies between is missing. Keep it aside, and open the replica with an empty one`,
  )
}

/** @throws {QuorateError} `BadOption`: what is stored is another replica's */
export function checkOwner({ owner: found }: Stored, owner: StorageOwner): void {
  if (found.group === owner.group && found.nodeid === owner.nodeid && found.machine === owner.machine) return
  bad(
    `the storage holds ${inWords(found)}, and this is ${inWords(owner)}: give each replica a storage of its own. ` +
      'Nothing in it was changed',
  )
}

const inWords = ({ group, nodeid, machine }: StorageOwner): string =>
  `the replica of group '${group}' on node ${nodeid}, of the machine '${machine}'`
