// libcpg as a class: one handle, one membership. Useful by itself; the transport is built on it.
// Man pages: cpg_overview(3) and those named at each method. What bites: docs/corosync.md.

import type { Member } from '@quorate/core'
import {
  Connection,
  CorosyncError,
  createHandle,
  Handle,
  type HandleOptions,
  libcpg,
  type NativeFunction,
  statusCode,
  statusOk,
  tryAgain,
  unwrap,
  within,
} from '@quorate/corosync-ffi'
import { type CpgReceiver, cpgCallbacks } from './cpg-callbacks.ts'
import {
  addressListMemory,
  decodeAddresses,
  decodeDescription,
  descriptionMemory,
  encodeModelV1,
  encodeName,
} from './cpg-memory.ts'
import {
  type CpgGroupMember,
  type CpgGuarantee,
  type CpgHandlers,
  type CpgIterationType,
  guarantees,
  iterationTypes,
} from './cpg-types.ts'
import { Iovecs } from './iovecs.ts'
import { ZeroCopyBuffer } from './zero-copy.ts'

/** How to open a connection. */
export interface CpgOptions extends HandleOptions {
  /** `'V1'` (default): cpg_model_initialize(3). `'V0'`: cpg_initialize(3), without totem confchgs. */
  readonly model?: 'V0' | 'V1'
  /** Report the ring in force right after the join (`CPG_MODEL_V1_DELIVER_INITIAL_TOTEM_CONF`); default true. */
  readonly initialTotemConf?: boolean
}

/** CPG_MODEL_V1, CPG_MODEL_V1_DELIVER_INITIAL_TOTEM_CONF. */
const modelV1 = 1
const deliverInitialTotemConf = 1
/** How long `join` and `leave` try again under CS_ERR_TRY_AGAIN. */
const membershipTimeoutMs = 10_000
/** How long `close` waits for the daemon to take the leave. */
const leaveTimeoutMs = 1000

/**
 * A connection to the closed process group service of this node's corosync.
 *
 * Calls that wait for the daemon and may change the membership run on a thread (promises). The others run at once
 * and hang as long as the daemon hangs. Every failure is a `CorosyncError`.
 *
 * @example
 * const cpg = await Cpg.open({ deliver: (message) => console.log(message.from.nodeid, message.bytes) })
 * await cpg.join('demo')
 * cpg.mcast(Buffer.from('hello'))
 */
export class Cpg extends Handle {
  readonly #receiver: CpgReceiver
  readonly #mcastJoined: NativeFunction = libcpg.native('cpg_mcast_joined')
  readonly #iovecs = new Iovecs()
  #membership: 'none' | 'joining' | 'joined' | 'left' = 'none'
  #atomicBytesMax: number | undefined

  private constructor(connection: Connection<CpgReceiver>) {
    super(connection)
    this.#receiver = connection.receiver
  }

  /**
   * Connects: cpg_model_initialize(3) with model V1, or cpg_initialize(3).
   *
   * @throws {CorosyncError} `LIBRARY_MISSING`, `CS_ERR_LIBRARY` (corosync does not run), `CS_ERR_ACCESS`, …
   */
  static async open(handlers: CpgHandlers = {}, options: CpgOptions = {}): Promise<Cpg> {
    const connection = new Connection<CpgReceiver>({
      library: libcpg,
      prefix: 'cpg',
      handle: await initialize(options),
      receiver: { handlers, group: '' },
      onDown: (error) => handlers.down?.(error),
      ...options,
    })
    return new Cpg(connection)
  }

  /** The local node's id: cpg_local_get(3). */
  get nodeid(): number {
    const nodeid = new Uint32Array(1)
    this.call('cpg_local_get', nodeid)
    return nodeid[0] as number
  }

  /** This process as members see it, once joined. */
  get self(): Member {
    return { nodeid: this.nodeid, pid: process.pid }
  }

  /** Bytes of the largest message that libcpg sends in one piece: cpg_max_atomic_msgsize_get(3). */
  get atomicBytesMax(): number {
    const size = new Uint32Array(1)
    this.call('cpg_max_atomic_msgsize_get', size)
    return size[0] as number
  }

  /** A number of the user's that travels with the handle: cpg_context_get(3), cpg_context_set(3). */
  get context(): bigint {
    const context = new BigUint64Array(1)
    this.call('cpg_context_get', context)
    return context[0] as bigint
  }

  set context(value: bigint) {
    this.call('cpg_context_set', value)
  }

  /** cpg_flow_control_state_get(3). Corosync always says `DISABLED`; `mcast` returning false is what counts. */
  get flowControlState(): 'DISABLED' | 'ENABLED' {
    const state = new Int32Array(1)
    this.call('cpg_flow_control_state_get', state)
    return state[0] === 0 ? 'DISABLED' : 'ENABLED'
  }

  /**
   * Joins a group: cpg_join(3). Tries again while an earlier leave or a membership change is in flight.
   *
   * A handle is good for one membership: one that has left keeps receiving, and joining again with it spins for ever
   * inside libcpg. Open another one.
   *
   * @throws {QuorateError} `BadOption`: the name cannot name a group
   * @throws {CorosyncError} `CS_ERR_EXIST`: this process is in the group; `CS_ERR_BAD_OPERATION`: the handle is used up
   */
  async join(group: string): Promise<void> {
    const name = encodeName(group)
    if (this.#membership !== 'none') {
      const hint = `This handle has joined ${this.#receiver.group} before; one handle per membership: open another.`
      throw new CorosyncError('CS_ERR_BAD_OPERATION', 'cpg_join', hint)
    }
    this.#receiver.group = group
    this.#membership = 'joining'
    try {
      await this.#changeMembership('cpg_join', name)
      this.#membership = 'joined'
    } catch (error) {
      this.#membership = 'none'
      throw error
    }
  }

  /** Leaves the group: cpg_leave(3). The handle is of no further use; `close` it. */
  async leave(): Promise<void> {
    this.#requireJoined('cpg_leave')
    await this.#changeMembership('cpg_leave', encodeName(this.#receiver.group))
    this.#membership = 'left'
  }

  /**
   * Multicasts the buffers, joined, as one message to the group: cpg_mcast_joined(3). True: the daemon has queued it.
   * False: CS_ERR_TRY_AGAIN, nothing was sent; flow control or a membership change is under way, or the daemon hangs.
   *
   * @throws {RangeError} over 63 buffers, or over `atomicBytesMax` (libcpg would send fragments, which joiners lose)
   * @throws {CorosyncError} `CS_ERR_NOT_EXIST`: not joined (libcpg would drop the message and say CS_OK)
   */
  mcast(bytes: Uint8Array | readonly Uint8Array[], guarantee: CpgGuarantee = 'AGREED'): boolean {
    const name = 'cpg_mcast_joined'
    this.#requireJoined(name)
    const length = this.#iovecs.fill(bytes instanceof Uint8Array ? [bytes] : bytes)
    this.#requireAtomic(length)
    const { handle } = this.connection
    const { memory, count } = this.#iovecs
    const sent = this.connection.send(this.#mcastJoined, name, handle, guarantees[guarantee], memory, count)
    this.#iovecs.clear()
    return sent
  }

  /** The members of any group, as this node knows them: cpg_membership_get(3). */
  members(group: string): Member[] {
    const list = addressListMemory()
    const count = new Int32Array(1)
    this.call('cpg_membership_get', encodeName(group), list, count)
    return decodeAddresses(list, count[0] as number).map(({ nodeid, pid }) => ({ nodeid, pid }))
  }

  /** Which groups and members exist on the cluster: cpg_iteration_initialize(3), _next(3), _finalize(3). */
  groups(type: 'NAME_ONLY' | 'ALL'): CpgGroupMember[]
  groups(type: 'ONE_GROUP', group: string): CpgGroupMember[]
  groups(type: CpgIterationType, group?: string): CpgGroupMember[] {
    const iteration = new BigUint64Array(1)
    const name = group === undefined ? null : encodeName(group)
    this.call('cpg_iteration_initialize', iterationTypes[type], name, iteration)
    try {
      return [...this.#iterate(iteration[0] as bigint)]
    } finally {
      this.connection.call('cpg_iteration_finalize', iteration[0] as bigint)
    }
  }

  /**
   * Memory that this process shares with the daemon, to be filled and sent without a copy: cpg_zcb_alloc(3).
   *
   * @throws {RangeError} over `atomicBytesMax`
   * @throws {CorosyncError} `LIBRARY_MISSING`: corosync after 3.1 has no zero-copy calls
   */
  zeroCopyBuffer(size: number): ZeroCopyBuffer {
    const requireJoined = (): void => this.#requireJoined('cpg_zcb_mcast_joined')
    return ZeroCopyBuffer.allocate(this.connection, size, this.#atomicLimit, requireJoined)
  }

  /**
   * Leaves if joined, and frees the handle: cpg_finalize(3). Bounded: a daemon that hangs is left to itself. From
   * inside a blocking dispatch it does not leave, for which it would have to wait: the others see PROCDOWN.
   */
  override async close(): Promise<void> {
    const leaves = this.open && this.#membership === 'joined' && !this.connection.blocking
    if (leaves) await this.#leaveBeforeClose()
    await super.close()
  }

  async #changeMembership(call: 'cpg_join' | 'cpg_leave', group: Uint8Array): Promise<void> {
    const { handle } = this.connection
    await tryAgain(membershipTimeoutMs, () => this.connection.callOnThread(call, handle, group))
  }

  /** A leave that fails or takes too long is no reason not to close: the daemon then reports PROCDOWN. */
  async #leaveBeforeClose(): Promise<void> {
    const left = this.leave().catch((error: unknown) => {
      if (!(error instanceof CorosyncError)) throw error
    })
    await within(leaveTimeoutMs, left, () => undefined)
  }

  *#iterate(iteration: bigint): Generator<CpgGroupMember> {
    const next = libcpg.native('cpg_iteration_next')
    const description = descriptionMemory()
    let status = next(iteration, description)
    for (; status === statusOk; status = next(iteration, description)) yield decodeDescription(description)
    if (statusCode(status) !== 'CS_ERR_NO_SECTIONS') unwrap(status, 'cpg_iteration_next')
  }

  /** `atomicBytesMax`, asked for once. */
  get #atomicLimit(): number {
    this.#atomicBytesMax ??= this.atomicBytesMax
    return this.#atomicBytesMax
  }

  #requireAtomic(length: number): void {
    if (length <= this.#atomicLimit) return
    throw new RangeError(
      `A message of ${length} bytes; at most ${this.#atomicLimit} go in one piece: split it.`,
    )
  }

  #requireJoined(call: string): void {
    if (this.#membership === 'joined') return
    const hint =
      this.#membership === 'none' ? 'Join a group first.' : 'This handle has left its group; open another.'
    throw new CorosyncError('CS_ERR_NOT_EXIST', call, hint)
  }
}

function initialize({ model = 'V1', initialTotemConf = true }: CpgOptions): Promise<bigint> {
  const callbacks = cpgCallbacks()
  // cpg_callbacks_t: the first two pointers.
  if (model === 'V0')
    return createHandle(libcpg, 'cpg_initialize', BigUint64Array.from(callbacks.slice(0, 2)))
  const data = encodeModelV1(callbacks, initialTotemConf ? deliverInitialTotemConf : 0)
  return createHandle(libcpg, 'cpg_model_initialize', modelV1, data, null)
}
