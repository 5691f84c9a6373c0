// The one door of @quorate/corosync-ffi.

export { Connection, type ConnectionOptions, type HandleOptions } from './connection.ts'
export { createHandle } from './create-handle.ts'
export type { DispatchFlag } from './dispatch-flags.ts'
export { CorosyncError, type CorosyncErrorCode, unwrap } from './errors.ts'
export { Handle } from './handle.ts'
export { libcmap } from './libcmap.ts'
export { libcpg } from './libcpg.ts'
export { libquorum } from './libquorum.ts'
export {
  type Argument,
  Library,
  type LibraryTable,
  type NativeFunction,
  nativeCallbackCount,
} from './library.ts'
export { libvotequorum } from './libvotequorum.ts'
export { addressOf, copyMemory, copyUint32s, writeMemory } from './memory.ts'
export { type Watch, watchReadable } from './poll.ts'
export { type StatusCode, statusBadHandle, statusCode, statusOk } from './status.ts'
export { trampoline } from './trampoline.ts'
export { tryAgain } from './try-again.ts'
export { sendUnixDatagram } from './unix-datagram.ts'
export { within } from './within.ts'
