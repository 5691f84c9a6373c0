// A channel: one membership after another, as long as the user wants to be in the group.

import type { Channel, Member, Neighbour, TransportEvent, TransportListener } from '@quorate/core'
import { CorosyncError, within } from '@quorate/corosync-ffi'
import { Membership, type MembershipOptions } from './membership.ts'

/** Pauses between attempts to join again; each is drawn between half and the whole, so that nodes spread. */
const rejoinPauseMs = 100
const rejoinPauseMsMax = 5000
/** How long `close` waits for a join that is under way. */
const joinTimeoutMs = 2000

export class CpgChannel implements Channel {
  readonly #group: string
  readonly #options: MembershipOptions
  readonly #listener: TransportListener
  /** Events that came before the user had the channel. */
  #held: TransportEvent[] | undefined = []
  #membership: Membership | undefined
  #self: Member | undefined
  #refused = false
  #lastFailure = ''
  #rejoinPauseMs = rejoinPauseMs
  #rejoinTimer: NodeJS.Timeout | undefined
  #joining: Promise<unknown> = Promise.resolve()
  #closing: Promise<void> | undefined
  #closed = false

  private constructor(group: string, options: MembershipOptions, listener: TransportListener) {
    this.#group = group
    this.#options = options
    this.#listener = listener
  }

  /** Joins; events begin on a turn of the event loop after the one in which the promise is fulfilled. */
  static async join(
    group: string,
    options: MembershipOptions,
    listener: TransportListener,
  ): Promise<CpgChannel> {
    const channel = new CpgChannel(group, options, listener)
    await channel.#join()
    setImmediate(() => channel.#release())
    return channel
  }

  get self(): Member {
    return this.#self as Member
  }

  get messageBytesMax(): number {
    return this.#options.messageBytesMax
  }

  send(bytes: Uint8Array): boolean {
    if (this.#closing !== undefined) throw new CorosyncError('CLOSED', 'send', 'The channel was closed.')
    if (bytes.length > this.messageBytesMax) {
      throw new RangeError(
        `A message of ${bytes.length} bytes; at most ${this.messageBytesMax} are possible: split it.`,
      )
    }
    const accepted = this.#membership?.send(bytes) ?? false
    if (!accepted) this.#refused = true
    return accepted
  }

  async neighbours(): Promise<readonly Neighbour[]> {
    return this.#membership?.neighbours() ?? []
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    clearTimeout(this.#rejoinTimer)
    await within(joinTimeoutMs, this.#joining, () => undefined)
    await this.#membership?.close()
    this.#closed = true
  }

  async #join(): Promise<void> {
    const membership = await Membership.join(this.#group, this.#options, {
      joined: (membership) => this.#joined(membership),
      event: (event) => this.#emit(event),
      ended: (error) => this.#ended(error),
    })
    // The last event of a join; a refused sender may go on now.
    if (this.#refused && this.#membership === membership) this.#emit({ type: 'drain' })
  }

  #joined(membership: Membership): void {
    const again = this.#self !== undefined
    this.#membership = membership
    this.#self = membership.self
    this.#rejoinPauseMs = rejoinPauseMs
    this.#lastFailure = ''
    if (again) this.#emit({ type: 'up', self: membership.self })
  }

  #ended(error: Error): void {
    const membership = this.#membership
    // One that ends while the channel closes is still to be freed, by `close` or by the join that is under way.
    if (membership === undefined || this.#closing !== undefined) return
    this.#membership = undefined
    this.#down(error)
    this.#joining = membership.close()
    this.#rejoinLater()
  }

  #rejoinLater(): void {
    const pauseMs = (this.#rejoinPauseMs * (1 + Math.random())) / 2
    this.#rejoinPauseMs = Math.min(2 * this.#rejoinPauseMs, rejoinPauseMsMax)
    this.#rejoinTimer = setTimeout(() => {
      this.#joining = this.#joining.then(() => this.#rejoin())
    }, pauseMs)
  }

  async #rejoin(): Promise<void> {
    if (this.#closing !== undefined) return
    try {
      await this.#join()
      // Closed meanwhile: `close` may have stopped waiting for this.
      if (this.#closing !== undefined) await this.#membership?.close()
    } catch (error) {
      if (this.#closing !== undefined) return
      this.#down(error as Error)
      this.#rejoinLater()
    }
  }

  /** Told once for each kind of failure, not for each attempt. */
  #down(error: Error): void {
    const failure = error instanceof CorosyncError ? error.code : error.message
    if (failure === this.#lastFailure) return
    this.#lastFailure = failure
    this.#emit({ type: 'down', error })
  }

  #release(): void {
    const held = this.#held ?? []
    this.#held = undefined
    for (const event of held) this.#emit(event)
  }

  #emit(event: TransportEvent): void {
    if (this.#closed) return
    // Whoever hears of room sends, and nothing more is taken.
    if (event.type === 'drain' && this.#closing !== undefined) return
    if (this.#held !== undefined) {
      this.#held.push(event)
      return
    }
    if (event.type === 'drain') this.#refused = false
    try {
      this.#listener(event)
    } catch (error) {
      // Rethrown where nothing catches it: neither lost nor in the way of the events that follow.
      setImmediate(() => {
        throw error
      })
    }
  }
}
