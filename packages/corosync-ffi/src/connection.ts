// A handle of a client library with the loop that dispatches it. Holds what is true of all of them: one thread, one
// event at a time, nothing thrown inside a native callback, an end that is noticed.

import { type DispatchFlag, dispatchFlags } from './dispatch-flags.ts'
import { CorosyncError, unwrap } from './errors.ts'
import { finalizeWithin } from './finalize.ts'
import type { Argument, Library, NativeFunction } from './library.ts'
import { type Watch, watchReadable, writableCheck } from './poll.ts'
import { statusCode, statusOk, statusTryAgain } from './status.ts'
import { whileDispatching } from './trampoline.ts'

/** How a handle gets its events. */
export interface HandleOptions {
  /** Dispatch when something comes (default), or only when `dispatch` is called. */
  readonly autoDispatch?: boolean
  /** Where to wait for events: on the event loop, or on a thread where koffi does not allow that. */
  readonly waitOn?: 'loop' | 'thread'
}

/** What a connection needs to know of the handle that it owns. */
export interface ConnectionOptions<Receiver> extends HandleOptions {
  readonly library: Library
  /** Of the functions' names: `cpg` for cpg_dispatch, cpg_fd_get, cpg_finalize. */
  readonly prefix: string
  readonly handle: bigint
  /** Gets the events, through `trampoline`. */
  readonly receiver: Receiver
  /** The daemon is gone. The handle is freed already. Not called by `close`. */
  readonly onDown: (error: CorosyncError) => void
  /**
   * A status by which dispatch says that it has passed over an event. libcmap's is CS_ERR_BAD_HANDLE, for an event of
   * a tracking that was deleted after the daemon had sent it. None by default.
   */
  readonly passedOver?: number
}

/** How long one turn of the event loop may be spent on dispatching. */
const turnMs = 5
/** How many events are dispatched between two looks at the clock. */
const eventsPerLook = 16
/** How many messages are sent before the socket is looked at again. */
const sendsPerLook = 32

/** An open handle. */
export class Connection<Receiver> {
  readonly handle: bigint
  readonly receiver: Receiver
  /** The descriptor that is readable when there is something to dispatch (cpg_fd_get(3)). */
  readonly fd: number
  readonly #options: ConnectionOptions<Receiver>
  readonly #dispatch: NativeFunction
  readonly #dispatchName: string
  readonly #watch: Watch | undefined
  readonly #isWritable: () => boolean
  /** How many messages may be sent before the socket is looked at again. */
  #sendsUnlooked = 0
  #state: 'open' | 'busy' | 'closed' = 'open'
  #dispatchUnderWay: DispatchFlag | undefined
  /** Fulfilled when no call is inside the handle on another thread. */
  #callUnderWay: Promise<void> = Promise.resolve()
  #closing: Promise<void> | undefined

  constructor(options: ConnectionOptions<Receiver>) {
    this.#options = options
    this.handle = options.handle
    this.receiver = options.receiver
    this.#dispatchName = `${options.prefix}_dispatch`
    this.#dispatch = options.library.native(this.#dispatchName)
    const fd = new Int32Array(1)
    options.library.call(`${options.prefix}_fd_get`, options.handle, fd)
    this.fd = fd[0] as number
    this.#isWritable = writableCheck(this.fd)
    if (options.autoDispatch ?? true) {
      this.#watch = watchReadable(this.fd, () => this.dispatchWaiting(), options.waitOn)
    }
  }

  /** False after `close`, and after the daemon's death. */
  get open(): boolean {
    return this.#state !== 'closed'
  }

  /** Whether a blocking dispatch is under way: this thread, and with it every promise, waits until `close`. */
  get blocking(): boolean {
    return this.#dispatchUnderWay === 'BLOCKING'
  }

  /** Lets the process end although this connection is open. */
  unref(): void {
    this.#watch?.unref()
  }

  /** Undoes `unref`. */
  ref(): void {
    this.#watch?.ref()
  }

  /**
   * Calls a function of the library on this thread. A daemon that hangs makes it hang.
   *
   * @throws {CorosyncError} the function's error; `CLOSED`; `CS_ERR_TRY_AGAIN` while a call on a thread is under way
   */
  call(name: string, ...args: Argument[]): void {
    this.#requireIdle(name)
    this.#options.library.call(name, ...args)
  }

  /**
   * Calls a function that sends a message. True: the daemon has queued it. False: try again later, nothing was sent.
   * That is CS_ERR_TRY_AGAIN, a call on a thread that is under way, or a daemon that does not look at what it was
   * sent: libqb announces each request by a byte on the socket, and spins for ever when a daemon that hangs leaves
   * no room there. poll(2) calls a Unix socket writable while three quarters of it are free: room for far more than
   * {@link sendsPerLook} bytes.
   *
   * @throws {CorosyncError} the function's error; `CLOSED`
   */
  send(native: NativeFunction, name: string, ...args: Argument[]): boolean {
    if (this.#state === 'busy') return false
    this.#requireIdle(name)
    if (!this.#hasRoom()) return false
    const status = native(...args)
    if (status === statusTryAgain) return false
    unwrap(status, name)
    return true
  }

  #hasRoom(): boolean {
    if (this.#sendsUnlooked === 0) {
      if (!this.#isWritable()) return false
      this.#sendsUnlooked = sendsPerLook
    }
    this.#sendsUnlooked--
    return true
  }

  /** Calls a function of the library on another thread. Events wait meanwhile: one thread at a time has the handle. */
  async callOnThread(name: string, ...args: Argument[]): Promise<void> {
    this.#requireIdle(name)
    this.#state = 'busy'
    this.#watch?.stop()
    const call = this.#options.library.callOnThread(name, ...args).finally(() => this.#callEnded())
    this.#callUnderWay = call.catch(() => {})
    await call
  }

  #callEnded(): void {
    if (this.#state === 'closed') return
    this.#state = 'open'
    this.#watch?.start()
  }

  /**
   * Dispatches now. Returns whether there was something, with `ONE_NONBLOCKING`; otherwise true.
   *
   * @throws {CorosyncError} `CS_ERR_LIBRARY`: the daemon is gone; `onDown` has been called; `CS_ERR_BAD_OPERATION`: a
   * handler called it
   */
  dispatch(flag: DispatchFlag): boolean {
    this.#requireIdle(this.#dispatchName)
    this.#requireOutermost()
    const status = this.#dispatchOnce(flag)
    // A handler has closed it: what the library says of a handle that it no longer knows is no failure.
    if (!this.open) return true
    if (status === statusTryAgain) return false
    if (status !== statusOk) this.#die(status)
    unwrap(status, this.#dispatchName)
    return true
  }

  /**
   * Dispatches what is there, for no longer than a turn of the event loop may take; what is left comes by itself. For
   * those who make one call on a thread after the other, between which nothing is dispatched. The daemon's death goes
   * to `onDown` and is not thrown.
   */
  dispatchWaiting(): void {
    const endMs = performance.now() + turnMs
    do {
      for (let i = 0; i < eventsPerLook; i++) {
        if (this.#state !== 'open') return
        const status = this.#dispatchOnce('ONE_NONBLOCKING')
        if (status === statusTryAgain) return
        if (status !== statusOk) {
          this.#die(status)
          return
        }
      }
    } while (performance.now() < endMs)
  }

  /**
   * Frees the handle; no event comes any more. From a daemon that does not answer within a second it cuts itself
   * off: the library would wait for ever, and the process could not end. A second call waits for the first.
   */
  close(): Promise<void> {
    this.#closing ??= this.#state === 'closed' ? Promise.resolve() : this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#state = 'closed'
    this.#watch?.close()
    // A blocking dispatch returns only when its handle is finalized: from inside its callback, on its thread.
    if (this.blocking) return void this.#finalize(this.handle)
    // A dispatch on this thread, or a call on another, may be inside the handle: free it when they have returned.
    await new Promise((resolve) => setImmediate(resolve))
    await finalizeWithin(this, this.#finalize, this.#callUnderWay)
  }

  #dispatchOnce(flag: DispatchFlag): number {
    this.#dispatchUnderWay = flag
    try {
      const status = whileDispatching(this, () => this.#dispatch(this.handle, dispatchFlags[flag]))
      return status === this.#options.passedOver ? statusOk : status
    } finally {
      this.#dispatchUnderWay = undefined
    }
  }

  #die(status: number): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#watch?.close()
    this.#finalize(this.handle)
    this.#options.onDown(new CorosyncError(statusCode(status), this.#dispatchName))
  }

  /** The libraries take an event off when its callback has returned: to a dispatch from within, it would come again. */
  #requireOutermost(): void {
    if (this.#dispatchUnderWay === undefined) return
    const hint =
      'A handler of this handle is running, whose event would come again: dispatch when it has returned.'
    throw new CorosyncError('CS_ERR_BAD_OPERATION', this.#dispatchName, hint)
  }

  get #finalize(): NativeFunction {
    return this.#options.library.native(`${this.#options.prefix}_finalize`)
  }

  #requireIdle(call: string): void {
    if (this.#state === 'closed')
      throw new CorosyncError('CLOSED', call, 'The connection was closed or its daemon died.')
    if (this.#state === 'busy') throw new CorosyncError('CS_ERR_TRY_AGAIN', call)
  }
}
