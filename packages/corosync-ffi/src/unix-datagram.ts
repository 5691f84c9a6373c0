// Datagrams to a local socket, as service managers take them. Node's dgram knows only UDP, and its net only streams.

import { endianness } from 'node:os'
import { getSystemErrorName } from 'node:util'
import { close, sendto, socket } from './libc.ts'
import { loadKoffi } from './library.ts'

const afUnix = 1
const sockDgram = 2
const sockCloexec = 0o2000000
/** Of sun_path in sockaddr_un; the last one is a NUL where the name is a path. */
const pathBytesMax = 108

/**
 * Sends one datagram to the AF_UNIX socket at `name`: a path, or with a leading `@` a name of the abstract namespace.
 * Waits while the receiver's queue is full, as sd_notify(3) does.
 *
 * @throws {Error} `name` is too long, nobody listens there, or the system refuses for another reason, with its `code`
 */
export function sendUnixDatagram(name: string, bytes: Uint8Array): void {
  const address = unixAddress(name)
  const fd = socket(afUnix, sockDgram | sockCloexec)
  if (fd < 0) throw systemError('socket', name)
  try {
    if (sendto(fd, bytes, address) < 0) throw systemError('sendto', name)
  } finally {
    close(fd)
  }
}

/** A struct sockaddr_un; its length tells where an abstract name ends. */
export function unixAddress(name: string): Uint8Array {
  const path = name.startsWith('@') ? `\0${name.slice(1)}` : `${name}\0`
  const bytes = Buffer.byteLength(path)
  if (bytes > pathBytesMax)
    throw new Error(`The socket's name ${name} is too long: ${bytes} bytes, and ${pathBytesMax} is the most.`)
  const address = Buffer.alloc(2 + bytes)
  if (endianness() === 'LE') address.writeUInt16LE(afUnix)
  else address.writeUInt16BE(afUnix)
  address.write(path, 2)
  return address
}

function systemError(call: string, name: string): Error {
  const code = getSystemErrorName(-loadKoffi().errno())
  return Object.assign(new Error(`${call} to the socket ${name} failed: ${code}`), { code })
}
