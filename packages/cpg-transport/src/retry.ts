// Trying again where no event tells that there is room: the daemon refuses what it has no room for and says no more.

const retryPauseMs = 1
const retryPauseMsMax = 20

/** Calls `attempt` after growing pauses while it runs; used where no event tells that there is room again. */
export class RetryTimer {
  readonly #attempt: () => void
  #timer: NodeJS.Timeout | undefined
  #pauseMs = retryPauseMs

  constructor(attempt: () => void) {
    this.#attempt = attempt
  }

  /** Does nothing when it runs already. */
  start(): void {
    this.#timer ??= setTimeout(() => this.#fire(), this.#pauseMs)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#pauseMs = retryPauseMs
  }

  /** `attempt` starts it again, or stops it. */
  #fire(): void {
    this.#timer = undefined
    this.#pauseMs = Math.min(2 * this.#pauseMs, retryPauseMsMax)
    this.#attempt()
  }
}
