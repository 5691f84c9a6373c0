// For this project's own simulation of its protocol (`npm run simulate`). Not for applications, which have `simulate`;
// changes with any version.

export { type SeededFault, seededFaults } from '@quorate/core/simulation'
export type { Played } from './simulate/replicas/play.ts'
export { type ProtocolRunOptions, playProtocol, shrinkProtocol } from './simulate/replicas/protocol-run.ts'
export { drawSetting, type SettingChoice } from './simulate/replicas/setting.ts'
export type { Plan } from './simulate/run.ts'
export type { Shrunk } from './simulate/shrink.ts'
export { DiskJournal, type DiskLife } from './simulate/world/disk-journal.ts'
