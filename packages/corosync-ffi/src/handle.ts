// What the users of every client library find on an open handle. The classes on the libraries add what is their own.

import type { Connection } from './connection.ts'
import type { DispatchFlag } from './dispatch-flags.ts'
import type { Argument } from './library.ts'

/** An open handle of a client library. Every failure is a `CorosyncError`. */
export abstract class Handle {
  protected readonly connection: Connection<unknown>

  protected constructor(connection: Connection<unknown>) {
    this.connection = connection
  }

  /** False after `close` and after the daemon's death. */
  get open(): boolean {
    return this.connection.open
  }

  /** The descriptor that is readable when there is something to dispatch: cpg_fd_get(3) and its like. */
  get fd(): number {
    return this.connection.fd
  }

  /**
   * Dispatches now: cpg_dispatch(3) and its like. Only of use with `autoDispatch: false`. Returns whether there was
   * something (with `ONE_NONBLOCKING`; true otherwise). `ONE` and `BLOCKING` hold the event loop; `BLOCKING` until a
   * handler closes this handle.
   *
   * @throws {CorosyncError} `CS_ERR_LIBRARY`: the daemon is gone; `CS_ERR_BAD_OPERATION`: a handler of this handle
   * called it; `CLOSED`
   */
  dispatch(flag: DispatchFlag): boolean {
    return this.connection.dispatch(flag)
  }

  /** Lets the process end although this handle is open. */
  unref(): void {
    this.connection.unref()
  }

  /** Undoes `unref`. */
  ref(): void {
    this.connection.ref()
  }

  /** Frees the handle: cpg_finalize(3) and its like. Bounded: a daemon that hangs is left to itself. */
  close(): Promise<void> {
    return this.connection.close()
  }

  /** Calls a function of the library whose first argument is the handle, on this thread. */
  protected call(name: string, ...args: Argument[]): void {
    this.connection.call(name, this.connection.handle, ...args)
  }
}
