// What one daemon knows of the groups: who is in each, and which of its own processes listen there.

import type { Member } from '../ports/transport.ts'
import type { MemoryChannel } from './memory-channel.ts'

export interface Group {
  members: readonly Member[]
  /** Channels on this node that have joined, in the order in which they did. */
  readonly local: Set<MemoryChannel>
}

export type Memberships = ReadonlyMap<string, readonly Member[]>

export function sameMember(a: Member, b: Member): boolean {
  return a.nodeid === b.nodeid && a.pid === b.pid
}

function byNodeThenPid(a: Member, b: Member): number {
  return a.nodeid - b.nodeid || a.pid - b.pid
}

export class Groups {
  readonly #groups = new Map<string, Group>()

  find(name: string): Group | undefined {
    return this.#groups.get(name)
  }

  all(): Iterable<Group> {
    return this.#groups.values()
  }

  clear(): void {
    this.#groups.clear()
  }

  /** The groups' members that run on `nodeid`. */
  on(nodeid: number): Memberships {
    const own = new Map<string, readonly Member[]>()
    for (const [name, group] of this.#groups) {
      own.set(
        name,
        group.members.filter((member) => member.nodeid === nodeid),
      )
    }
    return own
  }

  /** Adds those that are missing; returns the groups that changed. */
  add(arrivals: Memberships): Group[] {
    const changed: Group[] = []
    for (const [name, members] of arrivals) {
      const group = this.#open(name)
      const missing = members.filter((member) => !group.members.some((known) => sameMember(known, member)))
      if (missing.length === 0) continue
      group.members = [...group.members, ...missing].sort(byNodeThenPid)
      changed.push(group)
    }
    return changed
  }

  /** Removes those for which `gone` holds; returns the groups that changed. */
  remove(gone: (member: Member, group: string) => boolean): Group[] {
    const changed: Group[] = []
    for (const [name, group] of this.#groups) {
      const left = group.members.filter((member) => !gone(member, name))
      if (left.length < group.members.length) changed.push(group)
      group.members = left
      if (left.length === 0 && group.local.size === 0) this.#groups.delete(name)
    }
    return changed
  }

  #open(name: string): Group {
    const group = this.#groups.get(name) ?? { members: [], local: new Set() }
    this.#groups.set(name, group)
    return group
  }
}
