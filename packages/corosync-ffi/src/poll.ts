// Tells when a file descriptor is readable: on libuv's own loop where koffi can, else with poll(2) on a thread.

import { fstatSync } from 'node:fs'
import { pollNow, pollOnThread } from './libc.ts'
import { loadKoffi } from './library.ts'

/** A watch on one descriptor. Level-triggered: calls again while there is something to read. */
export interface Watch {
  /** Begins, or begins again after `stop`. */
  start(): void
  /** Ends the calls; the process is no longer kept alive by this watch. */
  stop(): void
  /** Ends the watch for good. Must come before the descriptor is closed. */
  close(): void
  /** Lets the process end although this watch is running. */
  unref(): void
  /** Undoes `unref`. */
  ref(): void
}

/** koffi 3.3.4's handle. Undocumented; its callback gets `(status, event)`, whatever the types say. */
interface KoffiPoll {
  start(options: { readable: boolean }, callback: () => void): void
  stop(): void
  close(): void
  ref(): void
  unref(): void
}

/**
 * Watches `fd` and calls `onReadable`, from the loop's check phase: koffi's own callback must not throw, and on
 * Node 26 does not drain microtasks.
 *
 * @throws {Error} EBADF: `fd` is not open (libuv would end the process)
 */
export function watchReadable(
  fd: number,
  onReadable: () => void,
  on: 'loop' | 'thread' = defaultPlace(),
): Watch {
  // As bigint: the plain fstat of a socket stays behind in node's memory and makes its next realpath stop at the first
  // symlink, so that a require or import right after this would miss a linked package (fs.realpathSync, statValues).
  fstatSync(fd, { bigint: true })
  return on === 'loop' ? new LoopWatch(fd, onReadable) : new ThreadWatch(fd, onReadable)
}

/** Where this koffi lets us wait. */
function defaultPlace(): 'loop' | 'thread' {
  return typeof loadKoffi().node?.poll === 'function' ? 'loop' : 'thread'
}

const readable = { readable: true }

/** On libuv's loop, by koffi's handle. */
class LoopWatch implements Watch {
  readonly #poll: KoffiPoll
  readonly #ready: () => void
  #soon: NodeJS.Immediate | undefined

  constructor(fd: number, onReadable: () => void) {
    this.#ready = () => {
      this.#soon ??= setImmediate(() => {
        this.#soon = undefined
        onReadable()
      })
    }
    this.#poll = loadKoffi().node.poll(fd, readable, this.#ready) as unknown as KoffiPoll
  }

  start(): void {
    this.#poll.start(readable, this.#ready)
  }

  stop(): void {
    this.#cancel()
    this.#poll.stop()
  }

  close(): void {
    this.#cancel()
    this.#poll.close()
  }

  ref(): void {
    this.#poll.ref()
  }

  unref(): void {
    this.#poll.unref()
  }

  #cancel(): void {
    clearImmediate(this.#soon)
    this.#soon = undefined
  }
}

/** struct pollfd of poll(2): int fd, short events, short revents. */
const pollIn = 1
const pollOut = 4
/** Bounds how long a stopped watch still holds its thread, and the process. */
const pollTimeoutMs = 200

/** Makes a function that tells whether `fd` has room to write now, or its other end is gone: whether a write returns. */
export function writableCheck(fd: number): () => boolean {
  const pollfd = Int32Array.of(fd, 0)
  new Int16Array(pollfd.buffer)[2] = pollOut
  return () => pollNow(pollfd, 1) !== 0
}

/** poll(2) in a call on a thread, again and again. Holds one of koffi's threads while it runs. */
class ThreadWatch implements Watch {
  readonly #pollfd: Int32Array
  readonly #onReadable: () => void
  #running = false
  #waiting = false

  constructor(fd: number, onReadable: () => void) {
    this.#pollfd = Int32Array.of(fd, 0)
    this.#onReadable = onReadable
    this.start()
  }

  start(): void {
    this.#running = true
    this.#wait()
  }

  stop(): void {
    this.#running = false
  }

  close(): void {
    this.stop()
  }

  /** A call on a thread keeps the process alive; there is no way to let it go. */
  ref(): void {}
  unref(): void {}

  #wait(): void {
    if (this.#waiting) return
    this.#waiting = true
    new Int16Array(this.#pollfd.buffer)[2] = pollIn
    pollOnThread(this.#pollfd, 1, pollTimeoutMs, (error, ready) => {
      this.#waiting = false
      if (error !== null) throw error
      if (!this.#running) return
      try {
        if (ready > 0) this.#onReadable()
      } finally {
        if (this.#running) this.#wait()
      }
    })
  }
}
