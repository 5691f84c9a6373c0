// What an implementation of a port is tested with: a suite for each, and what a suite needs of it.

export { type ContractDisk, type StorageContractSubject, storageContract } from './ports/storage-contract.ts'
export { transportContract } from './ports/transport-contract.ts'
export { joinAsContractMember } from './ports/transport-contract-adapter.ts'
export {
  assertLogsConsistent,
  type LogCheckOptions,
  logViolations,
} from './ports/transport-contract-checks.ts'
export { describeEvent, type MemberLog, messageKey } from './ports/transport-contract-log.ts'
export type {
  ContractAbility,
  ContractCase,
  ContractCluster,
  ContractMember,
  TransportContractSubject,
} from './ports/transport-contract-subject.ts'
export { voteLockContract } from './ports/vote-contract.ts'
