// Native callbacks: they come on this thread while a dispatch runs, for the connection that dispatches, and must not
// throw.

/** Whose dispatch a native callback may belong to. */
export interface Dispatching<Receiver> {
  readonly open: boolean
  /** Gets the events. */
  readonly receiver: Receiver
}

let innermost: Dispatching<unknown> | undefined

/** Runs `dispatch`, a native call, whose callbacks are those of `connection`. A callback may dispatch in its turn. */
export function whileDispatching<T>(connection: Dispatching<unknown>, dispatch: () => T): T {
  const outer = innermost
  innermost = connection
  try {
    return dispatch()
  } finally {
    innermost = outer
  }
}

/**
 * Makes a native callback of `handle`: finds the receiver (unless it is closed), and keeps what it throws until the
 * dispatch has returned. (A throw inside makes koffi skip the callbacks that follow in the same native call.)
 */
export function trampoline<Receiver, Arguments extends unknown[]>(
  handle: (receiver: Receiver, ...args: Arguments) => void,
): (...args: Arguments) => void {
  return (...args) => {
    const connection = innermost as Dispatching<Receiver> | undefined
    if (connection === undefined || !connection.open) return
    try {
      handle(connection.receiver, ...args)
    } catch (error) {
      rethrowLater(error)
    }
  }
}

/** Throws `error` where nothing catches it, once the native call has returned. */
function rethrowLater(error: unknown): void {
  setImmediate(() => {
    throw error
  })
}
