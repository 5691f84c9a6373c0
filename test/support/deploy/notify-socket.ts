// The service manager's end of sd_notify(3): a datagram socket, since Node has none of the local kind. It is read
// without waiting; what was sent lies in the kernel until then.

import { chmodSync } from 'node:fs'
import { Library } from '@quorate/corosync-ffi'

const libc = new Library({
  soname: 'libc.so.6',
  debianPackage: 'libc6',
  functions: [
    'int socket (int domain, int type, int protocol)',
    'int bind (int sockfd, const struct sockaddr *addr, socklen_t addrlen)',
    'ssize_t recv (int sockfd, void *buf, size_t len, int flags)',
    'int close (int fd)',
  ],
  callbacks: [],
})

const [afUnix, sockDgram, doNotWait] = [1, 2, 0x40]

export class NotifySocket {
  readonly #fd: number

  /** Everybody may write to it, as to systemd's. */
  constructor(path: string) {
    this.#fd = libc.native('socket')(afUnix, sockDgram, 0)
    const address = Buffer.concat([new Uint8Array(new Uint16Array([afUnix]).buffer), Buffer.from(path)])
    if (libc.native('bind')(this.#fd, address, address.length) !== 0) throw new Error(`Cannot bind ${path}`)
    chmodSync(path, 0o666)
  }

  /** The assignments since the last time. */
  received(): (readonly [name: string, value: string])[] {
    const buffer = Buffer.alloc(4096)
    const lines: string[] = []
    for (;;) {
      const length = libc.native('recv')(this.#fd, buffer, buffer.length, doNotWait)
      if (length < 0) break
      lines.push(...buffer.toString('utf8', 0, length).split('\n'))
    }
    return lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  }

  close(): void {
    libc.native('close')(this.#fd)
  }
}
