// Many calls may share one signal, for as long as the process runs. Node warns of a leak when a signal has more than
// ten listeners; so a signal has one here, however many calls wait, and none when no call does: Node keeps a signal
// that has listeners (AbortSignal.any) in memory for as long as its sources live.

type Listener = () => void

interface Shared {
  readonly listeners: Set<Listener>
  readonly abort: () => void
}

const sharedBySignal = new WeakMap<AbortSignal, Shared>()

/** Calls `listener` when `signal`, which has not fired yet, does; returns how to end it. */
export function onAbort(signal: AbortSignal, listener: Listener): () => void {
  const shared = sharedBySignal.get(signal) ?? listenTo(signal)
  shared.listeners.add(listener)
  return () => {
    shared.listeners.delete(listener)
    if (shared.listeners.size === 0) forget(signal, shared)
  }
}

function listenTo(signal: AbortSignal): Shared {
  const listeners = new Set<Listener>()
  const abort = (): void => {
    for (const listener of listeners) listener()
  }
  const shared = { listeners, abort }
  signal.addEventListener('abort', abort, { once: true })
  sharedBySignal.set(signal, shared)
  return shared
}

function forget(signal: AbortSignal, shared: Shared): void {
  signal.removeEventListener('abort', shared.abort)
  if (sharedBySignal.get(signal) === shared) sharedBySignal.delete(signal)
}
