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
