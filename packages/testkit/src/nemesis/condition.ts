// What all faults in force make of the cluster, as if they had begun at once: so a fault that ends takes back no more
// than its own part. Pure.

import type { Fault, LinkFault, PartitionFault } from './faults.ts'

export type ProcessCondition = 'running' | 'stopped' | 'dead'

export interface NodeCondition {
  readonly daemon: ProcessCondition
  readonly replica: ProcessCondition
  /** The latest fault on what the node sends. */
  readonly link: LinkFault | null
}

/** The state of a node under `faults`, in the order of their beginnings. */
export function nodeCondition(node: number, faults: readonly Fault[]): NodeCondition {
  return {
    daemon: processCondition(node, faults, 'daemon'),
    replica: processCondition(node, faults, 'replica'),
    link: faults.filter(isLinkFault).findLast(({ nodes }) => nodes.includes(node)) ?? null,
  }
}

/** Which nodes reach one another: those that no partition in force separates. One group: all. */
export function connectedGroups(nodes: readonly number[], faults: readonly Fault[]): number[][] {
  const partitions = faults.filter(isPartition)
  const sideOf = (node: number): string =>
    partitions.map(({ groups }) => groups.findIndex((group) => group.includes(node))).join()
  const groups = new Map<string, number[]>()
  for (const node of nodes) groups.set(sideOf(node), [...(groups.get(sideOf(node)) ?? []), node])
  return [...groups.values()]
}

/** What is dead is not stopped as well. */
function processCondition(
  node: number,
  faults: readonly Fault[],
  what: 'daemon' | 'replica',
): ProcessCondition {
  const kinds = faults.flatMap((fault) => ('node' in fault && fault.node === node ? [fault.kind] : []))
  const hit = (how: 'kill' | 'stop'): boolean =>
    kinds.includes(`${how}-${what}`) || kinds.includes(`${how}-node`)
  if (hit('kill') || faults.some(({ kind }) => kind === 'kill-all')) return 'dead'
  return hit('stop') ? 'stopped' : 'running'
}

const isLinkFault = (fault: Fault): fault is LinkFault => 'delayMs' in fault
const isPartition = (fault: Fault): fault is PartitionFault => 'groups' in fault
