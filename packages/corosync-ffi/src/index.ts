export {
  Connection,
  type ConnectionOptions,
  type DispatchFlag,
  dispatchFlags,
  nativeCallbackCount,
  trampoline,
} from './connection.ts'
export { CorosyncError, type CorosyncErrorCode, unwrap } from './errors.ts'
export { libcmap } from './libcmap.ts'
export { libcpg } from './libcpg.ts'
export { libquorum } from './libquorum.ts'
export { type Argument, Library, type LibraryTable, type NativeFunction } from './library.ts'
export { libvotequorum } from './libvotequorum.ts'
export { addressOf, copyMemory, copyUint32s, writeMemory } from './memory.ts'
export { type Watch, watchReadable } from './poll.ts'
export {
  allStatuses,
  type StatusCode,
  statusBadHandle,
  statusCode,
  statusOk,
  statusTryAgain,
} from './status.ts'
export { connectTimeoutMs, tryAgain } from './try-again.ts'
export { sendUnixDatagram } from './unix-datagram.ts'
export { within } from './within.ts'
