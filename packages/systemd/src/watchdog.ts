// Signs of life from the event loop. One that hangs gives none, and systemd ends the process when WatchdogSec is over.

import type { ServiceManager } from './manager.ts'

/**
 * How often systemd wants to hear of this process, microseconds; `null`: not at all. `WATCHDOG_PID` names another
 * process where the variables were inherited.
 *
 * @throws {Error} the variable is no such number
 */
export function watchdogUsec(environment: NodeJS.ProcessEnv): number | null {
  const { WATCHDOG_USEC: text, WATCHDOG_PID: pid } = environment
  if (text === undefined || (pid !== undefined && Number(pid) !== process.pid)) return null
  const usec = Number(text)
  if (Number.isSafeInteger(usec) && usec > 0) return usec
  throw new Error(
    `WATCHDOG_USEC must be a whole number above 0, and is '${text}'; systemd sets it by WatchdogSec=`,
  )
}

/** Beats at half of the time that systemd allows, until `stop` or the end of the process, which it does not keep. */
export class Watchdog {
  readonly #timer: NodeJS.Timeout

  /** `starting`: systemd still waits for READY=1; then each beat also allows the start another such time. */
  constructor(manager: ServiceManager, usec: number, starting: () => boolean) {
    const beat = (): void =>
      manager.tell(starting() ? { WATCHDOG: 1, EXTEND_TIMEOUT_USEC: usec } : { WATCHDOG: 1 })
    this.#timer = setInterval(beat, Math.max(1, Math.floor(usec / 2000))).unref()
    beat()
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
