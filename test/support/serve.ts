// The other end of Remote: answers calls, reports events in batches, ends with the test.

type Operations = Record<string, (...args: never[]) => unknown>
type Call = { id: number; operation: string; args: never[] }

let pending: unknown[] = []

/** Tells the test, in order, on the next turn of the event loop. */
export function report(event: unknown): void {
  if (pending.push(event) > 1) return
  setImmediate(() => {
    const events = pending
    pending = []
    process.send?.({ events })
  })
}

function describe(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: 'unknown', message: String(error) }
  const { name, message, stack } = error
  return { ...error, name, message, stack }
}

/** Serves `operations` until the test goes away. Events reported before an answer arrive before it. */
export function serve(operations: Operations): void {
  const all: Operations = { ready: () => true, ...operations }
  process.on('message', async ({ id, operation, args }: Call) => {
    let answer: Record<string, unknown>
    try {
      answer = { id, value: await all[operation]?.(...args) }
    } catch (error) {
      answer = { id, error: describe(error) }
    }
    setImmediate(() => process.send?.(answer))
  })
  process.on('disconnect', () => process.exit())
}
