// The one door of @quorate/testkit: clusters of real corosync daemons.

export { clusterUnavailable } from './cluster/availability.ts'
export type { Output } from './cluster/child.ts'
export {
  type ClusterOptions,
  CorosyncCluster,
  type ImpairOptions,
  type WaitOptions,
} from './cluster/cluster.ts'
export type { QuorumOptions } from './cluster/corosync-files.ts'
export type { Daemon } from './cluster/daemon.ts'
export type { Impairment } from './cluster/impairment.ts'
export type { ProgramOptions } from './cluster/namespace.ts'
export type { ClusterNode, ExecOptions } from './cluster/node.ts'
export type { RingStatus } from './cluster/ring-status.ts'
