// What a nemesis does to a cluster. Each fault lasts from its beginning to its end, and several may be in force at once:
// what they make of the cluster together is derived from all of them (`condition.ts`).

/** A process is killed and started again at the end, or stopped (SIGSTOP) and continued at the end. */
export type ProcessFaultKind =
  | 'kill-daemon'
  | 'stop-daemon'
  | 'kill-replica'
  | 'stop-replica'
  /** Daemon and replica at once: the node loses its power, or its machine is paused. */
  | 'kill-node'
  | 'stop-node'

export interface ProcessFault {
  readonly kind: ProcessFaultKind
  readonly node: number
}

/** Daemons and replicas of all nodes at once: the room loses its power. Only where replicas have a storage. */
export interface PowerFault {
  readonly kind: 'kill-all'
}

/** The network falls into parts that do not reach one another. */
export interface PartitionFault {
  readonly kind: 'isolate' | 'split'
  /** Each node in one of them. */
  readonly groups: readonly (readonly number[])[]
}

/** What these nodes send is slow, or partly lost. */
export interface LinkFault {
  readonly kind: 'slow' | 'lossy'
  readonly nodes: readonly number[]
  readonly delayMs: number
  readonly jitterMs: number
  readonly lossRatio: number
}

export type Fault = ProcessFault | PowerFault | PartitionFault | LinkFault

export type FaultKind = Fault['kind']

/** The kinds of one node that lose what the replica has in memory. */
export function losesMemory(fault: Fault): fault is ProcessFault {
  return fault.kind === 'kill-replica' || fault.kind === 'kill-node'
}

/** In few words, for the log. */
export function describeFault(fault: Fault): string {
  if ('node' in fault) return `${fault.kind} ${fault.node}`
  if ('groups' in fault) return `${fault.kind} ${fault.groups.map((group) => group.join(',')).join(' | ')}`
  if (!('nodes' in fault)) return fault.kind
  const { kind, nodes, delayMs, jitterMs, lossRatio } = fault
  const what = kind === 'slow' ? `${delayMs} ± ${jitterMs} ms` : `${(100 * lossRatio).toFixed(1)} % lost`
  return `${kind} ${nodes.join(',')} (${what})`
}
