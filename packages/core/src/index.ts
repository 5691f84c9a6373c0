export { MemoryNetwork, type MemoryNetworkOptions } from './memory/memory-network.ts'
export type { CancelTimer, Clock } from './ports/clock.ts'
export { checkGroupName } from './ports/group-name.ts'
export type { Storage, StorageRecord, StorageWrite, Stored, StoredSnapshot } from './ports/storage.ts'
export type {
  Channel,
  Delivery,
  Down,
  Drain,
  Member,
  QuorumChange,
  RingId,
  Transport,
  TransportEvent,
  TransportListener,
  Up,
  View,
} from './ports/transport.ts'
