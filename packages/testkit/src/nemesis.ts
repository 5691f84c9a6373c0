// For this project's own nemesis (`npm run nemesis`) and its tests of replicas on real clusters. Not for applications;
// changes with any version.

export type { ClientInput, Outcome, ReplicaSettings, ReplicaStanding } from './nemesis/orders.ts'
export { type RegisterKey, registers } from './nemesis/registers.ts'
export { ReplicaProcess, type ReplicaProcessOptions, type TimedReport } from './nemesis/replica-process.ts'
export { report, serveReplica } from './nemesis/serve-replica.ts'
