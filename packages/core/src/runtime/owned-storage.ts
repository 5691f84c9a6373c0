// A storage belongs to one replica: to another group's, node's or machine's it would bring a log that is not its own.
// Design: docs/protocol.md, R3.4.

import type { Storage, StorageOwner, Stored } from '../ports/storage.ts'
import type { LoopStorage } from './ports.ts'
import { bad } from './replica-bounds.ts'

/** What `storage` has and takes, for a replica of this owner; the first write of an empty one names it. */
export function owned(storage: Storage, stored: Stored | null, owner: StorageOwner): LoopStorage {
  let isEmpty = stored === null
  return {
    stored,
    write(each, done) {
      storage.write(isEmpty || each.setAside ? { ...each, owner } : each, done)
      isEmpty = false
    },
  }
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
