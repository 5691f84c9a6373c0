// One life of the daemon after another: a connection that ends is made anew, after pauses that grow, until `close`.

import { CorosyncError, within } from '@quorate/corosync-ffi'

/** Pauses between attempts; each is drawn between half and the whole, so that processes spread. */
const firstPauseMs = 100
const pauseMsMax = 5000
/** How long `close` waits for an attempt that is under way, and that a daemon that hangs does not answer. */
const attemptTimeoutMs = 2000

/** What connects, and who hears of it. */
export interface Lives<Life> {
  /** A new life; `ended` is called at most once, when it ends by itself. */
  begin(ended: (error: Error) => void): Promise<Life>
  /** Brings a life, in which calls are possible already, to where the one before ended. */
  resume(life: Life): Promise<void>
  /** Told once for each kind of failure, not for each attempt. */
  down(error: Error): void
  /** `resume` is through. */
  up(): void
}

/** Keeps a life present. */
export class Reconnecting<Life extends { close(): Promise<void> }> {
  readonly #lives: Lives<Life>
  #current: Life | undefined
  /** The attempt that is under way, or was last. */
  #attempt: Promise<void> = Promise.resolve()
  #attempting = false
  #timer: NodeJS.Timeout | undefined
  #pauseMs = firstPauseMs
  #lastFailure = ''
  #closing: Promise<void> | undefined

  constructor(lives: Lives<Life>) {
    this.#lives = lives
  }

  /** The present life; none while the daemon is away. */
  get current(): Life | undefined {
    return this.#current
  }

  get closed(): boolean {
    return this.#closing !== undefined
  }

  /** The first life, which has nothing to resume. Its failure is an error and is not tried again. */
  async open(): Promise<void> {
    this.#current = await this.#lives.begin((error) => this.#ended(error))
  }

  /** In bounded time. A second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#current?.close()
    await within(attemptTimeoutMs, this.#attempt, () => undefined)
  }

  #ended(error: Error): void {
    if (this.#current === undefined) return
    this.#current = undefined
    if (this.closed) return
    this.#down(error)
    if (!this.#attempting) this.#later()
  }

  #later(): void {
    const pauseMs = (this.#pauseMs * (1 + Math.random())) / 2
    this.#pauseMs = Math.min(2 * this.#pauseMs, pauseMsMax)
    this.#timer = setTimeout(() => {
      this.#attempt = this.#try()
    }, pauseMs)
  }

  async #try(): Promise<void> {
    this.#attempting = true
    try {
      await this.#again()
    } catch (error) {
      if (!this.closed) this.#down(error as Error)
    }
    this.#attempting = false
    if (this.#current === undefined && !this.closed) this.#later()
  }

  async #again(): Promise<void> {
    const life = await this.#lives.begin((error) => this.#ended(error))
    if (this.closed) return life.close()
    this.#current = life
    try {
      await this.#lives.resume(life)
    } catch (error) {
      this.#current = undefined
      await life.close()
      throw error
    }
    if (this.#current === life) this.#up()
  }

  #up(): void {
    this.#pauseMs = firstPauseMs
    this.#lastFailure = ''
    this.#lives.up()
  }

  #down(error: Error): void {
    const failure = error instanceof CorosyncError ? error.code : error.message
    if (failure === this.#lastFailure) return
    this.#lastFailure = failure
    this.#lives.down(error)
  }
}
