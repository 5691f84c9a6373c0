// Calls to the user's handlers.

/** Calls `handler`. What it throws is an uncaught exception, and in nobody's way. */
export function deliver<Event>(handler: ((event: Event) => void) | undefined, event: Event): void {
  try {
    handler?.(event)
  } catch (error) {
    setImmediate(() => {
      throw error
    })
  }
}
