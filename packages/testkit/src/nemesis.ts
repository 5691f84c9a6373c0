// For this project's own nemesis (`npm run nemesis`) and its tests of replicas on real clusters. Not for applications;
// changes with any version.

export { type SeededFault, seededFaults } from '@quorate/core/simulation'
export type { FaultKind } from './nemesis/faults.ts'
export type { OperationCounts, Recorded, Standstill } from './nemesis/history.ts'
export { instantMs } from './nemesis/instant.ts'
export type { ClientInput, Outcome, ReplicaSettings, ReplicaStanding } from './nemesis/orders.ts'
export { type RegisterKey, registers } from './nemesis/registers.ts'
export { ReplicaProcess, type ReplicaProcessOptions, type TimedReport } from './nemesis/replica-process.ts'
export {
  type NemesisEvidence,
  type NemesisOptions,
  type NemesisResult,
  runNemesis,
} from './nemesis/run-nemesis.ts'
export { type ReplicaPorts, report, serveReplica } from './nemesis/serve-replica.ts'
