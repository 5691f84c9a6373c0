// The service manager's end of sd_notify(3): a datagram socket, since Node has none of the local kind. It is read
// without waiting; what was sent lies in the kernel until then.

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

  /** At a path, or at an abstract name with its leading NUL. */
  constructor(path: string) {
    this.#fd = libc.native('socket')(afUnix, sockDgram, 0)
    const address = Buffer.concat([new Uint8Array(new Uint16Array([afUnix]).buffer), Buffer.from(path)])
    if (libc.native('bind')(this.#fd, address, address.length) !== 0) throw new Error(`Cannot bind ${path}`)
  }

  /** The datagrams since the last time, each as its lines. */
  received(): string[][] {
    const buffer = Buffer.alloc(4096)
    const datagrams: string[][] = []
    for (;;) {
      const length = libc.native('recv')(this.#fd, buffer, buffer.length, doNotWait)
      if (length < 0) return datagrams
      datagrams.push(buffer.toString('utf8', 0, length).split('\n'))
    }
  }

  close(): void {
    libc.native('close')(this.#fd)
  }
}
