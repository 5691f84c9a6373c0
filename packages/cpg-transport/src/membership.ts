// One membership in a group: the handles of the local daemon that it takes, from the join to the leave or to
// the daemon's death. The channel makes a new one after that.

import { setTimeout as sleep } from 'node:timers/promises'
import { markAsUntransferable } from 'node:worker_threads'
import type { Member, Neighbour, TransportEvent } from '@quorate/core'
import { CorosyncError, within } from '@quorate/corosync-ffi'
import { Cpg } from './cpg.ts'
import type { CpgConfchg, CpgHandlers, CpgMessage, CpgTotemConfchg } from './cpg-types.ts'
import { Reassembly } from './fragments.ts'
import { decodeFrame, type Fragment } from './frames.ts'
import { Neighbours } from './neighbours.ts'
import { Quorum, type QuorumHandlers } from './quorum.ts'
import { RetryTimer } from './retry.ts'
import { SendQueue } from './send-queue.ts'
import { Views } from './views.ts'

/** How a membership works; see `CpgTransportOptions`. */
export interface MembershipOptions {
  readonly messageBytesMax: number
  readonly queueBytesMax: number
  readonly queueMessagesMax: number
  readonly packBytesMax: number
  readonly waitOn?: 'loop' | 'thread'
}

/** What a membership tells its channel. */
export interface MembershipListener {
  /** The membership is up; its first view is the next event. */
  joined(membership: Membership): void
  event(event: TransportEvent): void
  /** The membership has ended by itself: the daemon died, or expelled this process. Told at most once. */
  ended(error: Error): void
}

/** How long a join may wait for its first view: some ring changes in a row. */
const firstViewTimeoutMs = 30_000
/** How long `close` goes on handing over what was accepted: longer than a ring change with corosync's own timing. */
const flushTimeoutMs = 10_000
const flushPauseMs = 2
/** How long one turn of the event loop may be spent on handing over. */
const turnMs = 5
/** So many CPG messages between two deliveries are nothing that has to be timed. */
const untimedMax = 32

export class Membership {
  /** This process, as the others see it. */
  readonly self: Member
  readonly #cpg: Cpg
  readonly #quorum: Quorum
  readonly #queue: SendQueue
  readonly #reassembly: Reassembly
  readonly #listener: MembershipListener
  readonly #views: Views
  readonly #neighbours: Neighbours
  readonly #retry = new RetryTimer(() => this.#flush())
  #onFirstView: (() => void) | undefined
  #flushPending = false
  /** CPG messages handed over since the event loop has last turned for sure. */
  #untimed = 0
  #turnEndMs: number | undefined
  /** Of the largest message that was refused since the last drain. */
  #refusedBytes: number | undefined
  #warned = false
  #over = false

  private constructor(cpg: Cpg, quorum: Quorum, options: MembershipOptions, listener: MembershipListener) {
    this.#cpg = cpg
    this.#quorum = quorum
    this.#listener = listener
    this.self = cpg.self
    this.#views = new Views(this.self)
    this.#neighbours = new Neighbours(this.self.pid)
    this.#reassembly = new Reassembly(options.messageBytesMax)
    const { atomicBytesMax } = cpg
    const packBytesMax = Math.min(options.packBytesMax, atomicBytesMax)
    const limits = { ...options, atomicBytesMax, packBytesMax }
    this.#queue = new SendQueue((buffers) => this.#multicast(buffers), limits)
  }

  /** Joins `group`. Fulfilled when the first view has been told; frees everything when it fails. */
  static async join(
    group: string,
    options: MembershipOptions,
    listener: MembershipListener,
  ): Promise<Membership> {
    // The daemon may tell the ring as soon as the connection is there, and tells it once.
    const rings: CpgTotemConfchg[] = []
    const handlers: CpgHandlers & QuorumHandlers = { totemConfchg: (change) => rings.push(change) }
    const cpg = await Cpg.open(handlers, options)
    const quorum = await Quorum.open(handlers, options).catch((error) => closeAndThrow(error, cpg))
    try {
      if (quorum.type === 'free') warnOfNoQuorum()
      const membership = new Membership(cpg, quorum, options, listener)
      for (const change of rings) membership.#totemConfchg(change)
      await membership.#join(group, handlers).finally(() => membership.#joinEnded())
      return membership
    } catch (error) {
      return closeAndThrow(error, cpg, quorum)
    }
  }

  /** See `Channel.send`. */
  send(bytes: Uint8Array): boolean {
    const accepted = !this.#over && this.#queue.send(bytes)
    if (!accepted) this.#refusedBytes = Math.max(this.#refusedBytes ?? 0, bytes.length)
    if (this.#queue.stalled) this.#flushSoon()
    return accepted
  }

  /** See `Channel.neighbours`. */
  neighbours(): Promise<Neighbour[]> {
    return this.#neighbours.look()
  }

  /** Hands over what was accepted, leaves and frees the handles, in bounded time. */
  async close(): Promise<void> {
    const endMs = performance.now() + flushTimeoutMs
    while (!this.#over && !this.#queue.empty && performance.now() < endMs) await sleep(flushPauseMs)
    this.#over = true
    this.#retry.stop()
    await Promise.all([this.#cpg.close(), this.#quorum.close(), this.#neighbours.close()])
  }

  async #join(group: string, handlers: CpgHandlers & QuorumHandlers): Promise<void> {
    const firstView = new Promise<void>((resolve, reject) => {
      this.#onFirstView = resolve
      handlers.down = (error) => {
        reject(error)
        this.#end(error)
      }
    })
    handlers.deliver = (message) => this.#deliver(message)
    handlers.confchg = (change) => this.#confchg(change)
    handlers.totemConfchg = (change) => this.#totemConfchg(change)
    handlers.quorum = (notification) => this.#tell(this.#views.quorum(notification))
    this.#quorum.track()
    await within(firstViewTimeoutMs, Promise.all([this.#cpg.join(group), firstView]), throwNoView)
  }

  #confchg(change: CpgConfchg): void {
    const expelled = !change.members.some(
      ({ nodeid, pid }) => nodeid === this.self.nodeid && pid === this.self.pid,
    )
    if (expelled)
      this.#end(new CorosyncError('CS_ERR_NOT_EXIST', 'cpg_confchg_fn', 'The daemon says that we left.'))
    else this.#view(this.#views.confchg(change))
  }

  #totemConfchg(change: CpgTotemConfchg): void {
    this.#view(this.#views.totemConfchg(change))
  }

  /** Without its first view it has failed: one that comes while the handles are closed begins nothing. */
  #joinEnded(): void {
    if (this.#onFirstView !== undefined) this.#over = true
  }

  /** A message lies in one view: what is unfinished goes, here and in the queue alike. */
  #view(view: TransportEvent | undefined): void {
    if (view === undefined || this.#over) return
    if (this.#onFirstView !== undefined) {
      this.#listener.joined(this)
      this.#onFirstView()
      this.#onFirstView = undefined
    }
    this.#reassembly.reset()
    this.#tell(view)
    this.#queue.view()
    if (this.#queue.stalled) this.#retry.start()
  }

  #deliver(message: CpgMessage): void {
    this.#untimed = 0
    const frame = decodeFrame(message.bytes)
    if (frame === undefined) this.#warnOfForeign(message)
    if (frame?.type === 'whole') this.#tell({ type: 'message', from: message.from, bytes: frame.bytes })
    if (frame?.type === 'pack') {
      // Who transferred the memory of one message would empty the others.
      markAsUntransferable(message.bytes.buffer)
      for (const bytes of frame.messages) this.#tell({ type: 'message', from: message.from, bytes })
    }
    if (frame?.type === 'fragment') this.#deliverFragment(message.from, frame)
    if (this.#queue.stalled) this.#flushSoon()
  }

  /** Once: somebody else's program, or a later version of ours, uses the same group name. */
  #warnOfForeign({ group, from, bytes }: CpgMessage): void {
    if (this.#warned) return
    this.#warned = true
    const sender = `node ${from.nodeid}, process ${from.pid}`
    const text = `${sender} sends messages to group ${group} that are not of this transport (${bytes.length} bytes): ignored.`
    process.emitWarning(`${text} Give the programs different group names, or the same version.`, {
      code: 'QUORATE_FOREIGN_MESSAGE',
    })
  }

  #deliverFragment(from: Member, fragment: Fragment): void {
    const bytes = this.#reassembly.add(from, fragment)
    if (bytes !== undefined) this.#tell({ type: 'message', from, bytes })
    if (from.nodeid === this.self.nodeid && from.pid === this.self.pid) {
      this.#queue.delivered(fragment.number, bytes !== undefined)
      this.#flush()
    }
  }

  /** At the end of this turn of the event loop: what is sent until then goes together. */
  #flushSoon(): void {
    if (this.#flushPending) return
    this.#flushPending = true
    queueMicrotask(() => {
      this.#flushPending = false
      this.#flush()
    })
  }

  #flush(): void {
    if (this.#over) return
    this.#queue.flush()
    if (this.#queue.stalled) this.#retry.start()
    else this.#retry.stop()
    if (this.#refusedBytes === undefined || !this.#queue.hasRoomFor(this.#refusedBytes)) return
    this.#refusedBytes = undefined
    this.#tell({ type: 'drain' })
  }

  /** A daemon that is gone takes nothing: the dispatch loop notices it, on a later turn, and ends the membership. */
  #multicast(buffers: readonly Uint8Array[]): boolean {
    try {
      return this.#cpg.open && !this.#isTurnOver() && this.#cpg.mcast(buffers)
    } catch (error) {
      if (error instanceof CorosyncError && error.code === 'CS_ERR_LIBRARY') return false
      throw error
    }
  }

  /**
   * A sender that sends as long as it is let, and a daemon that takes as fast, would keep this process from everything
   * else, its own messages included. So of each turn of the event loop they get some milliseconds. (To time each turn
   * would cost a tenth of the throughput.)
   */
  #isTurnOver(): boolean {
    if (this.#untimed < untimedMax) {
      this.#untimed++
      return false
    }
    if (this.#turnEndMs !== undefined) return performance.now() > this.#turnEndMs
    this.#turnEndMs = performance.now() + turnMs
    setImmediate(() => {
      this.#turnEndMs = undefined
      this.#untimed = 0
      this.#flush()
    })
    return false
  }

  #tell(event: TransportEvent | undefined): void {
    if (event !== undefined && !this.#over) this.#listener.event(event)
  }

  #end(error: Error): void {
    if (this.#over) return
    this.#over = true
    this.#retry.stop()
    this.#listener.ended(error)
  }
}

function throwNoView(): never {
  const hint = `No view came within ${firstViewTimeoutMs / 1000} s of the join. Does the ring form? (corosync-cfgtool -s)`
  throw new CorosyncError('CS_ERR_TIMEOUT', 'cpg_join', hint)
}

/** Each partition would be as good as any other: so none is called quorate. */
function warnOfNoQuorum(): void {
  const text = 'corosync.conf names no quorum provider: no view is ever quorate.'
  process.emitWarning(
    `${text} Add quorum { provider: corosync_votequorum } and restart corosync on all nodes.`,
    {
      code: 'QUORATE_NO_QUORUM_PROVIDER',
    },
  )
}

async function closeAndThrow(error: unknown, ...handles: { close(): Promise<void> }[]): Promise<never> {
  await Promise.all(handles.map((handle) => handle.close()))
  throw error
}
