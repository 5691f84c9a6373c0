// What applications use, and what transports and storages are written against.

export {
  type Outcome,
  QuorateError,
  type QuorateErrorCode,
  type QuorateErrorOptions,
  Rejection,
} from './errors.ts'
export type { Incarnation, MemoryId, Process, Role } from './identity.ts'
export type { Chain, Entry, EntryBody, Index, Versions } from './log/entry.ts'
export type { Context } from './machine/context.ts'
export {
  type CommandOf,
  type CommandTypes,
  defineForeignMachine,
  type ForeignMachineDefinition,
  type ForeignState,
} from './machine/define-foreign-machine.ts'
export {
  defineMachine,
  type MachineDefinition,
  type Reducer,
  type ReducerCommands,
  type Reducers,
} from './machine/define-machine.ts'
export type { GroupMember, MembershipChange } from './machine/group-membership.ts'
export type { MachineLimits } from './machine/limits.ts'
export type { Commands, Machine, StateOf } from './machine/machine.ts'
export type { DraftState } from './machine/table/draft-state.ts'
export { Table, type TableEntries, type TablePart, type TableRange } from './machine/table/table.ts'
export { MemoryNetwork } from './memory/memory-network.ts'
export { MemoryDisk } from './memory/memory-storage.ts'
export type { MemoryNetworkOptions } from './memory/network-options.ts'
export type { CancelTimer, Clock } from './ports/clock.ts'
export { checkGroupName } from './ports/group-name.ts'
export type {
  SnapshotPart,
  Storage,
  StorageOwner,
  StorageRecord,
  StorageWrite,
  Stored,
  StoredSnapshot,
} from './ports/storage.ts'
export type {
  Channel,
  Delivery,
  Down,
  Drain,
  Member,
  Neighbour,
  QuorumChange,
  RingId,
  Transport,
  TransportEvent,
  TransportListener,
  Up,
  View,
} from './ports/transport.ts'
export type { HeldVote, VoteLock, VoteName, VoteWait } from './ports/vote.ts'
export type { Obstacle } from './protocol/output.ts'
export { describeObstacle } from './runtime/describe-obstacle.ts'
export type { Emitted, EmittedStream } from './runtime/emitted-events.ts'
export type { ForceOrder } from './runtime/force-order.ts'
export { openReplica } from './runtime/open-replica.ts'
export type { CallOptions } from './runtime/patience.ts'
export type { Caller, Replica, Selector } from './runtime/replica.ts'
export {
  defaultReplicaLimits,
  defaultReplicaTimeouts,
  type ReplicaBounds,
  type ReplicaLimits,
  type ReplicaTimeouts,
} from './runtime/replica-bounds.ts'
export type {
  EventSource,
  Leader,
  ReplicaEventMap,
  ReplicaEventName,
  VoteHeld,
  Warning,
} from './runtime/replica-events.ts'
export type { ReplicaOptions } from './runtime/replica-options.ts'
export type { SlowNeighbour } from './runtime/slow-neighbours.ts'
export type { ReplicaStatus } from './runtime/status.ts'
export type { Overload } from './runtime/submissions.ts'
export { systemClock } from './runtime/system-clock.ts'
export { systemVoteLock } from './runtime/system-vote-lock.ts'
export type { Tunables } from './runtime/tuning.ts'
export type { VotersDiffer } from './runtime/voter-difference.ts'
export type { QuorumPolicy, VoterSet } from './wire/group.ts'
