// An open replica, as an application has it.

import { QuorateError } from '../errors.ts'
import type { Commands, Machine, StateOf } from '../machine/machine.ts'
import { nodeidsFault } from '../node-list.ts'
import type { Stored } from '../ports/storage.ts'
import type { Core } from './core.ts'
import type { EmittedStream } from './emitted-events.ts'
import { noFunction } from './failures.ts'
import type { ForceOrder } from './force-order.ts'
import { type CallOptions, checkCallOptions } from './patience.ts'
import type { ReplicaBounds } from './replica-bounds.ts'
import type { ReplicaEventMap, ReplicaEventName } from './replica-events.ts'
import { type ReplicaStatus, statusOf } from './status.ts'
import type { Tunables } from './tuning.ts'

/** Looks at a state and returns something of it. Must not keep what it was given: it is the replica's own. */
export type Selector<M, T> = (state: StateOf<M>) => T

/** Commands and reads that share a deadline or a signal. */
export interface Caller<M extends Machine> {
  /**
   * One function per command of the machine, from its input to a promise of its result: fulfilled once a majority has
   * the command and it is applied here. Rejected with the machine's `Rejection`, or with a {@link QuorateError} whose
   * `outcome` says whether the command may yet be applied.
   */
  readonly submit: Commands<M>
  /**
   * A linearizable read: what `select` returns of a state that has all that anybody was told is committed before the
   * call.
   *
   * @throws {QuorateError} `NoQuorum`, `Deadline`, `Aborted`, `Overloaded`, `Closed`, `Stopped`, `BadOption`
   */
  read<T>(select: Selector<M, T>, call?: CallOptions): Promise<T>
}

/** See {@link openReplica}. */
export class Replica<M extends Machine = Machine> implements Caller<M>, AsyncDisposable {
  readonly submit: Commands<M>
  readonly #group: string
  readonly #core: Core

  /** Applications call `openReplica`. */
  constructor(group: string, core: Core) {
    this.#group = group
    this.#core = core
    this.submit = submitters(core, {})
  }

  /**
   * What is applied here. May be behind the others, and stays readable without quorum and after `close`. After
   * `diverged`, or a warning `set-aside`, what was here is wrong and no longer shown: the machine's initial state is,
   * with `status.applied` 0, until the group's state comes.
   */
  get state(): StateOf<M> {
    return this.#core.loop.state.state as StateOf<M>
  }

  /** As of now. */
  get status(): ReplicaStatus {
    return statusOf(this.#group, this.#core)
  }

  /**
   * The same with a deadline or a signal for each call: `replica.with({ deadlineMs: 500 }).submit.add(5)`. What is
   * given up before it was sent is never applied (`outcome: 'unapplied'`); after that nobody can tell (`'unknown'`).
   *
   * @throws {QuorateError} `BadOption`: what to change
   */
  with(call: CallOptions): Caller<M> {
    checkCallOptions(call)
    const submit: Commands<M> = submitters(this.#core, call)
    return { submit, read: (select, own) => this.read(select, { ...call, ...own }) }
  }

  read<T>(select: Selector<M, T>, call: CallOptions = {}): Promise<T> {
    if (typeof select !== 'function')
      return Promise.reject(noFunction('replica.read: select', select, '(state) => state'))
    return this.#core.read(() => select(this.state), call)
  }

  /**
   * Calls `listener` each time that what `select` returns of the applied state is another than before, once the state
   * has changed; not for its value now. Returns how to end it. When the replica begins anew, the initial state is not
   * told, but what is applied from there on.
   *
   * @param equal when two values are the same; default: `Object.is`, which suits parts of an immutable state
   * @throws {QuorateError} `BadOption`: one of them is no function
   */
  subscribe<T>(
    select: Selector<M, T>,
    listener: (value: T, before: T) => void,
    equal: (a: T, b: T) => boolean = Object.is,
  ): () => void {
    for (const [name, given] of Object.entries({ select, listener, equal }))
      if (typeof given !== 'function')
        throw noFunction(`replica.subscribe: ${name}`, given, '(value) => value')
    return this.#core.subscriptions.add(() => select(this.state), listener, equal)
  }

  /**
   * What the machine emits with `ctx.emit` from now on, each once it is committed and applied here. What a snapshot
   * covers, after a long absence, is not emitted. After the warning `set-aside` indexes begin anew.
   *
   * @throws {QuorateError} `Overloaded`, from the iteration: too much was left unread
   */
  events(): EmittedStream {
    return this.#core.emittedEvents.stream()
  }

  /**
   * Calls `listener` at each event of this name; returns how to end it.
   *
   * @throws {QuorateError} `BadOption`: there is no such event, or the listener is no function
   */
  on<Name extends ReplicaEventName>(
    name: Name,
    listener: (event: ReplicaEventMap[Name]) => void,
  ): () => void {
    return this.#core.events.on(name, listener)
  }

  /**
   * The next event of this name. Never fulfilled when the replica is closed first: give it a signal, or use `on`.
   *
   * @throws {QuorateError} `Aborted`; `BadOption`: there is no such event
   */
  once<Name extends ReplicaEventName>(
    name: Name,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<ReplicaEventMap[Name]> {
    return this.#core.events.once(name, options)
  }

  /**
   * Fulfilled when this replica takes part in a primary view and has what the group has; at once when it does.
   *
   * @throws {QuorateError} `Deadline`, `Aborted`, `Closed`, `Stopped`
   */
  ready(call: CallOptions = {}): Promise<void> {
    return this.#core.ready(call)
  }

  /** The bounds as they are now: what the replica was opened with, and what `tune` has changed since. */
  get bounds(): ReplicaBounds {
    const { limits, timeouts } = this.#core.tuning
    return { limits, timeouts }
  }

  /**
   * Changes bounds of this replica while it runs: of those that are named; `undefined` is what it was opened with. They
   * hold at once, told by the event `tuned`; but `retainedEntriesMax` and `retainedBytesMax` with the next entry,
   * `collectionMs` with the next view, and what is open, unread or under way beyond a bound that was lowered stays.
   * `limits.chunkBytesMax` and `limits.chunksInFlightMax` cannot change: transfers under way were begun with them.
   *
   * ```ts
   * replica.tune({ limits: { batchCommandsMax: 64 }, timeouts: { noQuorumMs: 5000 } })
   * ```
   *
   * @throws {QuorateError} `BadOption`: what to change, as of `openReplica`; nothing has changed. `Closed`, `Stopped`, …:
   * the replica is not open
   */
  tune(changes: Tunables): void {
    this.#core.tune(changes)
  }

  /**
   * What is applied here as of now, as `Storage.load` would give it: a snapshot, and no entries behind it. For backups
   * while commands go on (package `quorate`): its pieces are encoded one by one, as they are asked for.
   */
  capture(): Stored {
    return this.#core.capture()
  }

  /**
   * Says that no process that ran on that node until now runs any more; docs/protocol.md, R5.22 and 15.
   *
   * @throws {QuorateError} `BadOption`: it is no node id
   */
  reportFenced(nodeid: number): void {
    const fault = nodeidsFault([nodeid])
    if (fault !== null) throw new QuorateError('BadOption', `replica.reportFenced ${fault}`)
    this.#core.loop.input({ type: 'fenced', nodeid })
  }

  /**
   * The operator's word, where the rules wait for something that will not come: a majority that is lost for good, voters
   * that never met, logs of which only a lost node knew the right one; also the only way to another voter set. Give it
   * to one replica, once: it holds for the one round that this replica starts. What became of it is told by `primary`,
   * or by `no-quorum` with what is still missing.
   *
   * **What may be lost:** all that was committed and that the log taken does not hold, confirmed commands among it.
   * From here on there are two histories: make sure first that the nodes in `missing` do not go on among themselves.
   * Whoever comes back with the other history sets it aside (`StorageWrite.setAside`; a warning `set-aside` tells),
   * begins empty, and takes part again, as a learner if it is not one of the new voters. After a change of voters,
   * open replicas with the new list; who is new in it votes from its next opening on. docs/protocol.md, "Force".
   *
   * ```ts
   * replica.force({ missing: [2, 3], voters: [1] })
   * await replica.ready()
   * ```
   *
   * @throws {QuorateError} `BadOption`: what to change; `NoQuorum`: the local daemon is down, nobody can be asked;
   * `Closed`, `Stopped`, …: the replica is not open
   */
  force(order: ForceOrder): void {
    this.#core.force(order)
  }

  /**
   * Leaves the group. Open commands are rejected with `Closed`: `unapplied` if they were never sent, else `unknown`.
   * Reads fail, streams of events end. Fulfilled when transport and storage are closed.
   */
  close(): Promise<void> {
    return this.#core.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

type Submitter = (input?: unknown) => Promise<unknown>

/** What `await` and JSON ask of any object: it must not look like a misspelt command. */
const askedByLanguage: ReadonlySet<string> = new Set(['then', 'toJSON'])

/** A function per command, made when it is first asked for: a machine tells whether it has a command, not which. */
function submitters<M extends Machine>(core: Core, call: CallOptions): Commands<M> {
  const known = new Map<string, Submitter>()
  const get = (_: object, name: string | symbol): Submitter | undefined => {
    if (typeof name === 'symbol' || (askedByLanguage.has(name) && !core.loop.state.hasCommand(name)))
      return undefined
    const submitter = known.get(name) ?? makeSubmitter(core, name, call)
    known.set(name, submitter)
    return submitter
  }
  return new Proxy({}, { get }) as Commands<M>
}

function makeSubmitter(core: Core, name: string, call: CallOptions): Submitter {
  if (core.loop.state.hasCommand(name)) return (input) => core.submit(name, input, call)
  throw new QuorateError('BadOption', `The machine has no command '${name}': define a reducer of that name`, {
    outcome: 'unapplied',
  })
}
