// What disks go through in simulated runs of the protocol: the writes that each process gave, and where it ended.

import type { StorageOwner, StorageWrite } from '@quorate/core'
import { DiskJournal, type DiskLife, playProtocol } from '@quorate/testkit/simulation'

/** One node's disk in one run. */
export interface SimulatedDisk {
  readonly name: string
  readonly owner: StorageOwner
  readonly lives: readonly DiskLife[]
}

/** As in the simulation's own test. */
const steps = 1500

export function simulatedDisks(seeds: readonly number[]): SimulatedDisk[] {
  return seeds.flatMap(disksOf)
}

function disksOf(seed: number): SimulatedDisk[] {
  const disks: { readonly nodeid: number; readonly journal: DiskJournal }[] = []
  const journalOf = (nodeid: number): DiskJournal => {
    const journal = new DiskJournal()
    disks.push({ nodeid, journal })
    return journal
  }
  playProtocol({ seed, steps, disks: true, journal: journalOf })
  return disks.map(({ nodeid, journal: { lives } }) => ({
    name: `seed ${seed}, node ${nodeid}`,
    owner: { group: 'simulated', nodeid, machine: 'probe' },
    lives,
  }))
}

/** Writes that go together: the disk finished them at once, or they were there when the process ended, or lost. */
export function batchesOf({ writes, done, kept }: DiskLife): (readonly StorageWrite[])[] {
  const ends = [...new Set([...done, kept, writes.length])]
  return ends.map((end, place) => writes.slice(ends[place - 1] ?? 0, end)).filter(({ length }) => length > 0)
}

/** The first of `writes`, up to one that goes on with parts from before them: those are gone. */
export function withoutLostParts(writes: readonly StorageWrite[]): readonly StorageWrite[] {
  const first = writes.findIndex(({ part, snapshot }) => part !== undefined || snapshot !== undefined)
  return first === -1 || writes[first]?.part?.offset === 0 ? writes : writes.slice(0, first)
}
