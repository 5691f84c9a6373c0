// The one door of @quorate/testkit: clusters of real corosync daemons, simulated ones, and a checker of what was seen.

export type { Limits } from './checker/budget.ts'
export {
  checkLinearizable,
  type Linearizability,
  type TooLarge,
  type Violation,
} from './checker/check-linearizable.ts'
export type { Model, StepResult } from './checker/model.ts'
export {
  type AppendListInput,
  type AppendListOutput,
  appendListModel,
} from './checker/models/append-list.ts'
export { type CounterInput, counterModel } from './checker/models/counter.ts'
export type { Keyed } from './checker/models/keyed.ts'
export { type LockInput, type LockOutput, type LockState, lockModel } from './checker/models/lock.ts'
export { type RegisterInput, type RegisterOutput, registerModel } from './checker/models/register.ts'
export {
  type CompletedOperation,
  type Operation,
  type UnknownOperation,
  type UnknownOutput,
  unknownOutput,
} from './checker/operation.ts'
export type { LongestOrder } from './checker/search.ts'
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
export { MachineStage, type MachineStageOptions, type StagedCommands } from './machine/machine-stage.ts'
export { type SimulateOptions, type SimulationResult, simulate } from './simulate/replicas/simulate.ts'
export { type FailureDetails, SimulationFailure } from './simulate/replicas/simulation-failure.ts'
export type {
  ClientOptions,
  Rejected,
  SimulatedClient,
  SimulatedInput,
  SimulatedModel,
  SimulatedReplica,
} from './simulate/replicas/workload/clients.ts'
export type { Plan } from './simulate/run.ts'
export { denseFaults, type FaultPlan, type FaultWeights } from './simulate/world/faults.ts'
