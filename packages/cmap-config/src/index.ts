// The one door of @quorate/cmap-config.

export {
  CorosyncError,
  type CorosyncErrorCode,
  type DispatchFlag,
  type Handle,
  type HandleOptions,
} from '@quorate/corosync-ffi'
export { Cmap, type CmapOptions } from './cmap/cmap.ts'
export {
  CmapConnection,
  type CmapConnectionHandlers,
  type CmapKey,
  type CmapTracking,
} from './cmap/cmap-connection.ts'
export type { CmapConnectionOptions, CmapMap } from './cmap/open-connection.ts'
export type { CmapChange, CmapChangeHandler, CmapTrackFlag } from './cmap/tracking.ts'
export type { CmapInput, CmapType, CmapValue, CmapValues } from './cmap/values.ts'
export type {
  ChangesOptions,
  CmapChanges,
  CmapDifference,
  CmapEntry,
  CmapKeys,
  ConfigMap,
  Tracking,
} from './config-map.ts'
export { CorosyncConf } from './corosync-conf/corosync-conf.ts'
export type { ConfComment, ConfEntry, ConfKey, ConfSection } from './corosync-conf/entries.ts'
export { CorosyncConfError } from './corosync-conf/error.ts'
export { formatCorosyncConf } from './corosync-conf/format.ts'
export { parseCorosyncConf } from './corosync-conf/parse.ts'
export { ConfigFileError } from './file-map/error.ts'
export { FileMap, type FileMapOptions } from './file-map/file-map.ts'
export type { ConfigChange, ConfigDifference } from './live-config/change.ts'
export { type LiveConfig, type LiveConfigOptions, liveConfig } from './live-config/live-config.ts'
export { ConfigError, type ConfigProblem, describeProblems } from './live-config/problem.ts'
export {
  type ReplicaTuning,
  type TunableReplica,
  type TuneReplicaOptions,
  tuneReplica,
} from './replica/tune-replica.ts'
export type { ReplicatedDifference } from './replicated-config/compare.ts'
export {
  type ConfiguredReplica,
  type ReplicatedConfig,
  type ReplicatedConfigOptions,
  type ReplicatedConfigWarning,
  replicatedConfig,
} from './replicated-config/replicated-config.ts'
export type { LinkAddresses } from './schemas/addresses.ts'
export { type ConfiguredNode, type NodeList, nodeList } from './schemas/node-list.ts'
export { type QuorumSettings, quorum } from './schemas/quorum.ts'
export type { ReadyMade } from './schemas/ready-made.ts'
export { type RuntimeMember, runtimeMembers } from './schemas/runtime-members.ts'
export {
  type ConfiguredTotem,
  configuredTotem,
  type Totem,
  type TotemBounds,
  type TotemLink,
  totem,
} from './schemas/totem.ts'
