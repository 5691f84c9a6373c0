// The port to a totally ordered multicast. Design: docs/transport.md; source of the guarantees: corosync's
// exec/totemsrp.c, exec/cpg.c. What is promised here is what CPG gives and no more, so that whoever is correct
// on one implementation is correct on all.

import type { Member, RingId } from '../identity.ts'
import type { VoteLock } from './vote.ts'

export type { Member, RingId } from '../identity.ts'

/**
 * Who is in the group from this point of the stream until the next view.
 *
 * A view is delivered at every change of the group's membership and at every new ring, **also when the member
 * list is the same as before**: messages may have been missed between two rings of the same members.
 */
export interface View {
  readonly type: 'view'
  /** Sorted by nodeid, then pid. Holds this member itself, always. */
  readonly members: readonly Member[]
  /** The ring in force. The views of a ring change that come before the new ring is known still name the old one. */
  readonly ring: RingId
  /** The nodes of `ring`, ascending, whether a member runs there or not. */
  readonly nodeids: readonly number[]
  /** `'membership'`: a process joined, left or died, or a ring change began. `'ring'`: a new ring is in force. */
  readonly cause: 'membership' | 'ring'
  /**
   * What the quorum service says of exactly this ring. `null` until it has spoken (then `quorum` follows), and while
   * the ring is changing.
   */
  readonly quorate: boolean | null
}

/** A message in its place in the order. */
export interface Delivery {
  readonly type: 'message'
  readonly from: Member
  /**
   * Belongs to the receiver: nothing else refers to it or changes it. The `buffer` below may hold other messages too:
   * copy the bytes before transferring it to a worker.
   */
  readonly bytes: Uint8Array
}

/** The quorum service spoke. Not ordered with messages; `ring` says what it speaks of. Is no new view. */
export interface QuorumChange {
  readonly type: 'quorum'
  readonly ring: RingId
  readonly quorate: boolean
}

/** A `send` was refused and there is room again. */
export interface Drain {
  readonly type: 'drain'
}

/**
 * The membership has ended without `close`: the local daemon died, or it expelled this process. Messages accepted
 * and not yet delivered may or may not be delivered elsewhere. The channel joins again by itself, as a **new
 * membership**: `up` says so, and the first view follows. Told again when joining fails for another reason.
 */
export interface Down {
  readonly type: 'down'
  readonly error: Error
}

/** A new membership after `down`; `self` may differ from before. Its first view is the next event. */
export interface Up {
  readonly type: 'up'
  readonly self: Member
}

export type TransportEvent = View | Delivery | QuorumChange | Drain | Down | Up

/**
 * Takes the events of one channel, one at a time, in order. Called again only after it has returned. What it
 * throws does not disturb the stream: it is rethrown as an uncaught exception once the event is dealt with.
 */
export type TransportListener = (event: TransportEvent) => void

/** Another process of this node, in whatever groups, which reads slower than messages come, or not at all. */
export interface Neighbour {
  readonly pid: number
  /** Of its program, as the daemon knows it. */
  readonly name: string
  /** Messages that the daemon holds for it, in memory of its own. */
  readonly queued: number
}

/** One process's membership in one group, kept up across failures of the local daemon. */
export interface Channel {
  /** This process as the others see it. Changes only with `up`. */
  readonly self: Member
  /** Bytes of the largest message that `send` takes. */
  readonly messageBytesMax: number
  /**
   * Multicasts one message to the group, the sender included.
   *
   * `true`: accepted. The bytes were copied or handed over: the caller may change them.
   * `false`: not accepted, the queue is full or the membership is down; one `drain` follows when there is room.
   * With nothing queued and the membership up, a message of any allowed size is accepted.
   *
   * @throws {RangeError} longer than `messageBytesMax`
   * @throws {Error} the channel was closed
   */
  send(bytes: Uint8Array): boolean
  /**
   * The other processes of this node for which the daemon holds messages that they have not read; none while the
   * membership is down. Fulfilled when the daemon answers, and rejected by `close`. Where nothing is held, a channel is
   * without this method.
   *
   * @throws {Error} the daemon does not tell
   */
  neighbours?(): Promise<readonly Neighbour[]>
  /**
   * Hands over what was accepted, leaves the group, and frees everything; no event comes after the promise is
   * fulfilled. Fulfilled within a bounded time also when the daemon hangs. A second call waits for the first.
   */
  close(): Promise<void>
}

/**
 * A totally ordered multicast with membership.
 *
 * What an implementation guarantees, per membership:
 *
 * 1. **Order.** Two members that deliver two messages within one ring deliver them in the same order. Messages of
 *    one sender are delivered in the order in which it sent them.
 * 2. **Self-delivery.** A member delivers its own accepted messages while its membership lasts, each exactly once.
 *    This proves nothing about others: a member that is cut off goes on delivering its own.
 * 3. **No duplicates, no damage.** A message is delivered at most once per membership, whole, as it was sent.
 * 4. **Completeness.** Members that come along from one ring to the next have delivered the same set of messages
 *    before the view — up to the first message that the ring lost everything, past it only messages of members that
 *    come along. Two sides of a partition may have delivered different messages.
 * 5. **Merge.** A member that was not in a sender's last ring may lose the next messages of that sender, without
 *    notice, until it has delivered one of them.
 * 6. **Views.** The first event of a membership is a view that holds this member. A joining member delivers
 *    exactly the messages ordered after the view with which it joins, but for (5). Members that come along see the
 *    same messages between two views of a ring, but for (5); that two members see the same two rings in a row does
 *    not prove that they came along. A member that left, died or was cut off is named no more from the first view
 *    after it on.
 * 7. **A message accepted in one view can be ordered in a later one**, and is then delivered there, to the members
 *    of that view: who needs more stamps its messages.
 * 8. **A message lies in one view**, also one that is too long for the layer below: its parts never straddle a view.
 */
export interface Transport {
  /**
   * Id of this node, as `self` of a channel will have it: asked before the join, to take the node's vote.
   *
   * @throws {Error} the daemon cannot be reached
   */
  nodeid(): Promise<number>
  /** What guards the votes of the nodes that this transport joins from; left out: the operating system's lock. */
  readonly voteLock?: VoteLock
  /**
   * Joins `group` (1 to 127 bytes of UTF-8 without NUL). Fulfilled once joined; events start with the first view,
   * after the promise is fulfilled. Joins of one process to the same group are refused.
   *
   * @throws {QuorateError} `BadOption`: the group's name is empty, too long or holds a NUL; see `checkGroupName`
   * @throws {Error} the daemon cannot be reached, or dies before this process has joined
   */
  join(group: string, listener: TransportListener): Promise<Channel>
  /**
   * Ids of the nodes that the cluster is configured with, ascending, whether they run or not; none when the
   * configuration does not list them. It is this node's configuration: another node's may differ, for a while. A
   * transport without this method has no configuration.
   *
   * @throws {Error} the configuration cannot be read
   */
  configuredNodes?(): Promise<readonly number[]>
}
