// Follows a replica and tells systemd of it. Without NOTIFY_SOCKET, which systemd sets for units of Type=notify, all of
// it does nothing: the same program runs in a shell and under any other manager.

import type { Replica, ReplicaEventName } from '@quorate/core'
import { ServiceManager } from './manager.ts'
import { statusText } from './status-text.ts'
import { Watchdog, watchdogUsec } from './watchdog.ts'

/** What is asked of a replica. */
export type WatchedReplica = Pick<Replica, 'on' | 'ready' | 'status'>

export interface NotifyOptions {
  /** Default: `process.env`. */
  readonly environment?: NodeJS.ProcessEnv
}

/** See {@link notifySystemd}. */
export interface SystemdNotifier {
  /** Says that the service ends, on purpose: call it before `replica.close()`. */
  stopping(): void
}

/** All that may change what `systemctl status` shows. */
const telling: readonly ReplicaEventName[] = [
  'view',
  'primary',
  'no-quorum',
  'leader',
  'catching-up',
  'current',
  'diverged',
  'down',
  'stopped',
]

/**
 * Tells systemd how `replica` is: `READY=1` once it takes part in a primary view and has what the group has, `STATUS=`
 * with each change, and, where the unit has `WatchdogSec=`, `WATCHDOG=1` at half of that time.
 *
 * Signs of life come from the event loop: a process that hangs, or whose loop is blocked, gives none, and systemd ends
 * it. They end, too, when the replica has stopped by itself: a service that goes on without it is of no use. While
 * the replica waits for a majority they extend the time to start, so that the first node of a cluster to boot is not
 * taken for a failure.
 *
 * ```ts
 * const systemd = notifySystemd(replica)
 * process.once('SIGTERM', () => {
 *   systemd.stopping()
 *   void replica.close()
 * })
 * ```
 *
 * @throws {Error} WATCHDOG_USEC is not what systemd sets
 */
export function notifySystemd(replica: WatchedReplica, options: NotifyOptions = {}): SystemdNotifier {
  const { environment = process.env } = options
  const socket = environment['NOTIFY_SOCKET']
  if (socket === undefined || socket === '') return { stopping: () => {} }
  return new Notifier(replica, new ServiceManager(socket), watchdogUsec(environment))
}

class Notifier implements SystemdNotifier {
  readonly #replica: WatchedReplica
  readonly #manager: ServiceManager
  readonly #watchdog: Watchdog | null
  readonly #silence: readonly (() => void)[]
  #phase: 'starting' | 'running' | 'stopping' = 'starting'
  #told = ''

  constructor(replica: WatchedReplica, manager: ServiceManager, usec: number | null) {
    this.#replica = replica
    this.#manager = manager
    this.#watchdog = usec === null ? null : new Watchdog(manager, usec, () => this.#phase === 'starting')
    this.#silence = telling.map((name) => replica.on(name, () => this.#tellStatus()))
    replica.on('stopped', () => this.#watchdog?.stop())
    this.#tellStatus()
    // A replica that ends before it is ready, or has ended before it was watched: that may have been told already.
    replica.ready().then(
      () => this.#tellReady(),
      () => this.#tellEnded(),
    )
  }

  stopping(): void {
    if (this.#phase === 'stopping') return
    this.#phase = 'stopping'
    for (const end of this.#silence) end()
    this.#manager.tell({ STOPPING: 1, STATUS: 'leaving the group' })
  }

  #tellReady(): void {
    if (this.#phase !== 'starting') return
    this.#phase = 'running'
    this.#told = statusText(this.#replica.status)
    this.#manager.tell({ READY: 1, STATUS: this.#told })
  }

  #tellEnded(): void {
    this.#watchdog?.stop()
    this.#tellStatus()
  }

  #tellStatus(): void {
    const text = statusText(this.#replica.status)
    if (this.#phase === 'stopping' || text === this.#told) return
    this.#told = text
    this.#manager.tell({ STATUS: text })
  }
}
