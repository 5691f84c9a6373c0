// The one door of @quorate/cmap-config. Today: the file format of corosync.conf.

export { CorosyncConf } from './corosync-conf/corosync-conf.ts'
export type { ConfComment, ConfEntry, ConfKey, ConfSection } from './corosync-conf/entries.ts'
export { CorosyncConfError } from './corosync-conf/error.ts'
export { formatCorosyncConf } from './corosync-conf/format.ts'
export { parseCorosyncConf } from './corosync-conf/parse.ts'
