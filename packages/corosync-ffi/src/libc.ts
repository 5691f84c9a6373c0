// What is needed of libc around the libraries: reading the memory that they lend, waiting, cutting a connection; and
// the kind of socket that Node has not.

import { Library, type NativeFunction } from './library.ts'

const libc = new Library({
  soname: 'libc.so.6',
  debianPackage: 'libc6',
  functions: [
    // The results of memcpy(3) are its first argument: not worth a bigint per call.
    'void memcpy (void *dest, const void *src, size_t n)',
    'int poll (struct pollfd *fds, unsigned long nfds, int timeout)',
    'int shutdown (int sockfd, int how)',
    'int socket (int domain, int type, int protocol)',
    'ssize_t sendto (int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest_addr, socklen_t addrlen)',
    'int close (int fd)',
  ],
  callbacks: [],
})

let copy: NativeFunction | undefined

/** memcpy(3). */
export function memcpy(
  destination: bigint | ArrayBufferView,
  source: bigint | ArrayBufferView,
  bytes: number,
): void {
  copy ??= libc.native('memcpy')
  copy(destination, source, bytes)
}

/** poll(2), on a thread. `done` gets its result. */
export function pollOnThread(
  pollfds: ArrayBufferView,
  count: number,
  timeoutMs: number,
  done: (error: Error | null, ready: number) => void,
): void {
  libc.native('poll').async(pollfds, count, timeoutMs, done)
}

/** poll(2) that does not wait. How many of the descriptors are ready. */
export function pollNow(pollfds: ArrayBufferView, count: number): number {
  return libc.native('poll')(pollfds, count, 0)
}

const bothDirections = 2

/** shutdown(2) of both directions: who waits for the other end, on whatever thread, sees that it is gone. */
export function shutdown(fd: number): void {
  libc.native('shutdown')(fd, bothDirections)
}

/** socket(2). The descriptor, or -1. */
export function socket(domain: number, type: number): number {
  return libc.native('socket')(domain, type, 0)
}

/** sendto(2) without flags. How many bytes were sent, or -1. */
export function sendto(fd: number, bytes: Uint8Array, address: Uint8Array): number {
  return libc.native('sendto')(fd, bytes, bytes.length, 0, address, address.length)
}

/** close(2). */
export function close(fd: number): void {
  libc.native('close')(fd)
}
