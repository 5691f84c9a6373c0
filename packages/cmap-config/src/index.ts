// The one door of @quorate/cmap-config.

export {
  CorosyncError,
  type CorosyncErrorCode,
  type DispatchFlag,
  type Handle,
  type HandleOptions,
} from '@quorate/corosync-ffi'
export {
  CmapConnection,
  type CmapConnectionHandlers,
  type CmapConnectionOptions,
  type CmapKey,
  type CmapTracking,
} from './cmap/cmap-connection.ts'
export type { CmapChange, CmapChangeHandler, CmapTrackFlag } from './cmap/tracking.ts'
export type { CmapInput, CmapType, CmapValue, CmapValues } from './cmap/values.ts'
export { CorosyncConf } from './corosync-conf/corosync-conf.ts'
export type { ConfComment, ConfEntry, ConfKey, ConfSection } from './corosync-conf/entries.ts'
export { CorosyncConfError } from './corosync-conf/error.ts'
export { formatCorosyncConf } from './corosync-conf/format.ts'
export { parseCorosyncConf } from './corosync-conf/parse.ts'
