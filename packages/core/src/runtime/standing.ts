// Where a replica stands in its group: in which view, in which epoch, led by whom, or what keeps it out.

import type { Member } from '../identity.ts'
import type { Index } from '../log/entry.ts'
import type { CancelTimer, Clock } from '../ports/clock.ts'
import type { View } from '../ports/transport.ts'
import type { Notice, Obstacle } from '../protocol/output.ts'
import type { Ballot } from '../wire/ballot.ts'
import { fencingToken } from './fencing-token.ts'
import type { Leader, ReplicaEventMap, ReplicaEventName } from './replica-events.ts'

export interface StandingOptions {
  /** Whether this replica began the round of that ballot. */
  isOwn(ballot: Ballot): boolean
  readonly clock: Clock
  /** As they are now: how long a view may be without an epoch before reads fail. */
  timeouts(): { readonly noQuorumMs: number }
  tell<Name extends ReplicaEventName>(name: Name, event: ReplicaEventMap[Name]): void
  /** Reads cannot be answered here until the next epoch. */
  quorumLost(): void
  /** The replica takes part, and is current. */
  quorumFound(): void
}

/** An epoch that was adopted, and counts once its first entry is committed. */
interface Adopted {
  readonly base: Index
  readonly leader: Leader
}

type NoticeOf<Name extends Notice['notice']> = Extract<Notice, { notice: Name }>

export class Standing {
  readonly #options: StandingOptions
  #members: readonly Member[] = []
  #adopted: Adopted | null = null
  #applied: Index = 0
  #primary = false
  #quorumLost = false
  #behind = true
  #catchingUp: ReplicaEventMap['catching-up'] | null = null
  /** Of a donor, that it was given since it was last current. */
  #snapshot: Index | null = null
  #obstacle: Obstacle | null = null
  #grace: CancelTimer = () => {}
  /** When the grace time that runs began. */
  #graceBeganMs: number | null = null

  constructor(options: StandingOptions) {
    this.#options = options
    this.#beginGrace()
  }

  /** Of the view; none while the local daemon is down. */
  get members(): readonly Member[] {
    return this.#members
  }

  get primary(): boolean {
    return this.#primary
  }

  /** Without an epoch for longer than the grace time. */
  get quorumLost(): boolean {
    return this.#quorumLost
  }

  get leader(): Leader | null {
    return this.#primary ? (this.#adopted as Adopted).leader : null
  }

  get obstacle(): Obstacle | null {
    return this.#obstacle
  }

  get catchingUp(): ReplicaEventMap['catching-up'] | null {
    return this.#catchingUp
  }

  view({ members, ring }: View): void {
    this.#members = members
    this.#obstacle = null
    this.#catchingUp = null
    this.#options.tell('view', { members, ring })
  }

  down(error: Error): void {
    this.#members = []
    this.#obstacle = null
    this.#catchingUp = null
    this.#options.tell('down', { error })
  }

  notice(notice: Notice): void {
    if (notice.notice === 'adopted') this.#adopt(notice)
    else if (notice.notice === 'left') this.#leave()
    else if (notice.notice === 'obstacle') this.#meet(notice.obstacle)
    else if (notice.notice === 'catching-up') this.#fallBehind(notice)
    else if (notice.notice === 'restored') this.#snapshot = notice.index
    else if (notice.notice === 'diverged') this.#options.tell('diverged', notice)
    else {
      if (notice.notice === 'set-aside') this.beginAnew()
      this.#options.tell('warning', notice)
    }
  }

  /** What was applied is void: the replica is behind, and in no epoch. */
  beginAnew(): void {
    this.#leave()
    this.#applied = 0
    this.#behind = true
    this.#snapshot = null
    this.#catchingUp = null
    this.#obstacle = null
  }

  /** Entries up to `index` are applied: an epoch counts once a majority has committed its VIEW entry. */
  applied(index: Index): void {
    this.#applied = index
    if (this.#primary || this.#adopted === null || index <= this.#adopted.base) return
    const { leader } = this.#adopted
    this.#primary = true
    this.#quorumLost = false
    this.#obstacle = null
    this.#stopGrace()
    this.#options.tell('primary', { leader })
    this.#options.tell('leader', { leader })
    if (this.#behind) this.#options.tell('current', { index, snapshot: this.#snapshot })
    this.#behind = false
    this.#snapshot = null
    this.#catchingUp = null
    this.#options.quorumFound()
  }

  /** The timeouts have changed: the grace time that runs ends by the new one. */
  tuned(): void {
    const { clock, timeouts } = this.#options
    if (this.#graceBeganMs === null) return
    this.#grace()
    this.#setGrace(Math.max(0, this.#graceBeganMs + timeouts().noQuorumMs - clock.monotonicMs()))
  }

  /** Nothing is told any more. */
  end(): void {
    this.#stopGrace()
    this.#primary = false
  }

  #adopt({ ballot, base, leader }: NoticeOf<'adopted'>): void {
    const token = fencingToken(ballot)
    this.#adopted = {
      base,
      leader: { nodeid: leader, fencingToken: token, self: this.#options.isOwn(ballot) },
    }
    // A snapshot may have brought that entry already.
    this.applied(this.#applied)
  }

  #leave(): void {
    this.#adopted = null
    if (!this.#primary) return
    this.#primary = false
    this.#options.tell('leader', { leader: null })
    this.#beginGrace()
  }

  #meet(obstacle: Obstacle): void {
    this.#obstacle = obstacle
    this.#options.tell('no-quorum', { obstacle })
  }

  #fallBehind({ from, to, bytes }: NoticeOf<'catching-up'>): void {
    this.#behind = true
    this.#catchingUp = { from, to, bytes }
    this.#options.tell('catching-up', this.#catchingUp)
  }

  #beginGrace(): void {
    this.#graceBeganMs = this.#options.clock.monotonicMs()
    this.#setGrace(this.#options.timeouts().noQuorumMs)
  }

  #setGrace(remainingMs: number): void {
    this.#grace = this.#options.clock.setTimer(remainingMs, () => this.#endGrace())
  }

  #stopGrace(): void {
    this.#graceBeganMs = null
    this.#grace()
  }

  #endGrace(): void {
    this.#graceBeganMs = null
    // The others can commit, and this replica will: it is worth waiting for.
    if (this.#catchingUp !== null) {
      this.#beginGrace()
      return
    }
    this.#quorumLost = true
    // The coordinator alone knows what is missing; it has told its own listeners already.
    if (this.#obstacle === null) this.#options.tell('no-quorum', { obstacle: null })
    this.#options.quorumLost()
  }
}
