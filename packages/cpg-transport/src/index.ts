// The one door of @quorate/cpg-transport.

export {
  CorosyncError,
  type CorosyncErrorCode,
  type DispatchFlag,
  type Handle,
  type HandleOptions,
} from '@quorate/corosync-ffi'
export { Cpg, type CpgOptions } from './cpg.ts'
export type {
  CpgAddress,
  CpgConfchg,
  CpgGroupMember,
  CpgGuarantee,
  CpgHandlers,
  CpgIterationType,
  CpgMessage,
  CpgReason,
  CpgTotemConfchg,
} from './cpg-types.ts'
export {
  type NodelistNotification,
  Quorum,
  type QuorumHandlers,
  type QuorumNotification,
  type QuorumOptions,
  type TrackFlag,
} from './quorum.ts'
export { type CpgTransportOptions, cpgTransport } from './transport.ts'
export { VoteQuorum, type VoteQuorumFlag, type VoteQuorumInfo } from './votequorum.ts'
export type { ZeroCopyBuffer } from './zero-copy.ts'
