// The loop around the engine: what happens becomes inputs, outputs are done in their order. Synchronous and without a
// clock of its own, so that a simulator can drive the very code that runs in production.

import type { Member } from '../identity.ts'
import type { Chain, Index } from '../log/entry.ts'
import type { ReplicatedState } from '../machine/replicated-state.ts'
import type { CancelTimer } from '../ports/clock.ts'
import type { StorageWrite } from '../ports/storage.ts'
import type { Delivery, TransportEvent, View } from '../ports/transport.ts'
import { Engine } from '../protocol/engine.ts'
import { faulty } from '../protocol/faults.ts'
import type { Input } from '../protocol/input.ts'
import type { EngineOptions } from '../protocol/options.ts'
import type {
  ApplyOutput,
  Output,
  PersistOutput,
  RestoreOutput,
  RestorePartOutput,
} from '../protocol/output.ts'
import { type DecodeFault, decodeMessage } from '../wire/decode.ts'
import { encodeMessage } from '../wire/encode.ts'
import { AppliedReport } from './applied-report.ts'
import { Compaction } from './compaction.ts'
import { emptied } from './emptied-storage.ts'
import { snapshotFailed } from './failures.ts'
import { HeldSnapshot } from './held-snapshot.ts'
import { IncomingSnapshot } from './incoming-snapshot.ts'
import { Outbox } from './outbox.ts'
import { storedState } from './owned-storage.ts'
import type { LoopListener, LoopPorts, LoopStorage, Replayed } from './ports.ts'
import { WallClock } from './wall-clock.ts'

/** How the loop's engine is made; what was stored comes from the storage. */
export type LoopEngineOptions = Omit<EngineOptions, 'stored' | 'wallOffsetMs'>

/** One for each type. */
type Handlers<Union extends { readonly type: string }> = {
  readonly [Type in Union['type']]: (each: Extract<Union, { type: Type }>) => void
}

const noOutputs: readonly Output[] = []

const noSnapshot = { index: 0, bytes: 0 }

/** What is stored sends what waited for it by itself, and a clock that was set has nothing to send. */
const needsSettling = ({ type }: Input): boolean => type !== 'settle' && type !== 'stored' && type !== 'wall'

export class Loop {
  readonly engine: Engine
  /** Messages that could not be read, by reason. */
  readonly unreadable: Record<DecodeFault, number> = { foreign: 0, damaged: 0, version: 0, kind: 0 }
  readonly #makeState: () => ReplicatedState
  readonly #ports: LoopPorts
  readonly #listener: LoopListener
  readonly #outbox: Outbox
  readonly #wall: WallClock
  readonly #inputs: Input[] = []
  readonly #events: Handlers<TransportEvent> = {
    message: (event) => this.#message(event),
    view: (event) => this.#view(event),
    quorum: (event) => this.input(event),
    drain: () => this.#outbox.flush(),
    up: (event) => this.input(event),
    down: () => this.#down(),
  }
  readonly #outputs: Handlers<Output> = {
    send: ({ message }) => this.#outbox.send(message.type, encodeMessage(this.#sender(), message)),
    persist: (output) => this.#persist(output),
    apply: (output) => this.#apply(output),
    'restore-part': (output) => this.#restorePart(output),
    restore: (output) => this.#restore(output),
    'drop-restore': () => {
      this.#incoming = null
    },
    'take-snapshot': () => this.#takeSnapshot(),
    'take-piece': ({ bytes }) => this.#takePiece(bytes),
    'drop-snapshot': () => {
      this.#held = null
    },
    'set-aside': () => this.#setAside(),
    numbered: ({ first, requests }) => this.#listener.numbered(first, requests),
    expired: ({ numbers }) => this.#listener.expired(numbers),
    readable: ({ reads }) => this.#listener.readable(reads),
    notice: ({ notice }) => this.#listener.notice(notice),
    stop: ({ reason, text }) => this.#fail(reason, new Error(text)),
  }
  #state: ReplicatedState
  /** Until the start. */
  #replayed: Replayed | null
  #storage: LoopStorage | null
  /** For joiners. */
  #held: HeldSnapshot | null = null
  /** From a donor. */
  #incoming: IncomingSnapshot | null = null
  #compaction: Compaction | null
  #busy = false
  /** Something has happened since the last turn ended. */
  #unsettled = false
  #stopped = false
  #timer: CancelTimer | undefined
  #timerMs = Number.POSITIVE_INFINITY

  /**
   * @param makeState gives the machine's state before the first entry
   * @throws {QuorateError} what is stored is of another machine, or of a version that this one cannot run
   */
  constructor(
    makeState: () => ReplicatedState,
    options: LoopEngineOptions,
    ports: LoopPorts,
    listener: LoopListener,
  ) {
    this.#makeState = makeState
    this.#replayed = ports.storage?.stored?.replayed ?? null
    this.#state = this.#replayed?.state ?? makeState()
    this.#ports = ports
    this.#storage = ports.storage
    this.#listener = listener
    this.#outbox = new Outbox((bytes) => ports.send(bytes))
    this.#wall = new WallClock(ports.clock)
    const { offsetMs: wallOffsetMs } = this.#wall
    const stored = storedState(this.#state, ports.storage?.stored ?? null)
    this.engine = new Engine({ ...options, wallOffsetMs, stored })
    this.#compaction = this.#makeCompaction()
    // Who opened the storage has it as long as the replica is open.
    if (ports.storage !== null) ports.storage.stored = null
  }

  /** `null`: there is no storage. */
  get compaction(): Compaction | null {
    return this.#compaction
  }

  /** Another one once it was set aside. */
  get state(): ReplicatedState {
    return this.#state
  }

  /** Applies again what was committed before a restart, if it was not yet. To be called once, before all else. */
  start(self: Member): void {
    this.#run(this.engine.start())
    if (this.#replayed !== null && this.#replayed.bytes > 0) this.#tellReplayed(this.#replayed)
    this.#replayed = null
    this.input({ type: 'up', self })
  }

  /** An event of the transport. */
  event(event: TransportEvent): void {
    const handle = this.#events[event.type] as (event: TransportEvent) => void
    handle(event)
  }

  /** Anything that happens. Dealt with at once, or, from inside the loop, when what is under way is done. */
  input(input: Input): void {
    if (this.#stopped) return
    this.#inputs.push(input)
    if (!this.#busy) this.#run(noOutputs)
  }

  /** As `input`, together with what happens next, or at the turn's end: costs less when there are many. */
  enqueue(input: Input): void {
    if (this.#stopped) return
    this.#inputs.push(input)
    if (!this.#busy) this.#ports.wake()
  }

  /** Nothing else is at hand: sends what was collected, stores what has changed. */
  settle(): void {
    this.input({ type: 'settle' })
  }

  /** Nothing happens any more. */
  stop(): void {
    this.#stopped = true
    this.#inputs.length = 0
    this.#timer?.()
  }

  #view({ members, ring, nodeids, quorate }: View): void {
    this.input({ type: 'view', members, ring, nodeids })
    if (quorate !== null) this.input({ type: 'quorum', ring, quorate })
  }

  /** What was meant for the membership that has ended is void. */
  #down(): void {
    this.#outbox.clear()
    this.input({ type: 'down' })
  }

  #message({ from, bytes }: Delivery): void {
    const decoded = decodeMessage(bytes)
    if (!decoded.ok) {
      this.unreadable[decoded.reason] += 1
      return
    }
    const { incarnation, group, message } = decoded
    this.input({ type: 'message', received: { from: { ...from, incarnation }, group, message } })
  }

  /** Does what `first` returns, and all inputs that wait, each as a whole. */
  #run(first: readonly Output[]): void {
    if (this.#stopped) return
    this.#busy = true
    // One instant for all: to ask for each costs as much as a small input does.
    const nowMs = this.#ports.clock.monotonicMs()
    if (this.#wall.hasChanged(nowMs)) this.#inputs.push({ type: 'wall', offsetMs: this.#wall.offsetMs })
    try {
      this.#perform(first)
      for (let input = this.#inputs.shift(); input !== undefined; input = this.#inputs.shift()) {
        this.#unsettled = needsSettling(input) || (this.#unsettled && input.type !== 'settle')
        this.#perform(this.engine.step(input, nowMs))
      }
    } finally {
      this.#busy = false
    }
    if (this.#compaction !== null) this.#attempt(() => this.#compact())
    this.#setTimer()
    if (this.#unsettled && !this.#stopped) this.#ports.wake()
  }

  #perform(outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (this.#stopped) return
      const perform = this.#outputs[output.type] as (output: Output) => void
      perform(output)
    }
  }

  #sender(): { incarnation: EngineOptions['self']['incarnation']; group: number } {
    const { self, group } = this.engine.state
    return { incarnation: self.incarnation, group: group?.random ?? 0 }
  }

  #persist({ token, record, snapshot, begin, truncate, append, forget }: PersistOutput): void {
    const snapshotWrite = { ...(snapshot !== null && { snapshot }), ...(begin !== null && { begin }) }
    this.#store({ record, truncate, append, ...snapshotWrite, ...(forget !== null && { forget }) }, token)
  }

  /** Without a storage all that is written is stored. */
  #store(write: StorageWrite, token: number): void {
    const stored: Input = { type: 'stored', token }
    if (this.#storage === null) this.#inputs.push(stored)
    else this.#write(this.#storage, write, () => this.input(stored))
  }

  #write(storage: LoopStorage, write: StorageWrite, done: () => void): void {
    storage.write(write, (error) => {
      if (error === undefined) done()
      else this.#fail('storage', error)
    })
  }

  #restorePart({ token, offset, part: bytes }: RestorePartOutput): void {
    if (offset === 0) {
      this.#incoming = new IncomingSnapshot()
      if (!faulty(this.engine.state, 'own-parts-among-others')) this.#compaction?.giveUp()
    }
    this.#incoming?.add(bytes)
    this.#store({ part: { offset, bytes } }, token)
  }

  #apply({ first, entries }: ApplyOutput): void {
    const report = new AppliedReport(this.state, this.engine.state.self.incarnation)
    let index = first - 1
    try {
      for (const { body, payload } of entries) {
        index += 1
        this.#compaction?.grew(payload.length)
        const events = report.apply(index, body)
        if (events.length > 0) this.#listener.emitted(index, events)
      }
    } catch (error) {
      this.#fail('machine', error as Error)
      return
    }
    this.#report(report, index)
  }

  #tellReplayed({ bytes, digests }: Replayed): void {
    const { index } = this.state
    this.#compaction?.grew(bytes)
    this.#inputs.push(...digests)
    // Whoever hears of events hears of those behind this index.
    this.#listener.emitted(index, [])
    this.#report(new AppliedReport(this.state, this.engine.state.self.incarnation), index)
  }

  /**
   * When enough was applied, the state as it is now is stored: see compaction.ts. Between two steps: within one, a donor's
   * parts may be complete and not yet named.
   */
  #compact(): void {
    const { limits, timeouts, nowMs, log } = this.engine.state
    if (this.#stopped || this.#incoming !== null || !this.#compaction?.isDue(limits, timeouts, nowMs)) return
    const { index } = this.state
    const at = { index, chain: log.chainAt(index) as Chain }
    this.#compaction.begin(at, this.state.captureSnapshot(), nowMs)
    this.#storePart(this.#compaction)
  }

  #storePart(compaction: Compaction): void {
    const next = compaction.next(this.engine.state.limits)
    if (next === null || this.#stopped) return
    const { at, last, ...part } = next
    this.#write(this.#storage as LoopStorage, { part }, () => {
      if (!compaction.isWriting(at)) return
      if (!last) return this.#attempt(() => this.#storePart(compaction))
      compaction.finish()
      this.input({ type: 'compact', at })
    })
  }

  #makeCompaction(): Compaction | null {
    if (this.#storage === null) return null
    const { stored } = this.#storage
    const { index, bytes } = stored?.snapshot ?? noSnapshot
    return new Compaction(index, bytes, this.#ports.clock.monotonicMs())
  }

  #restore({ index }: RestoreOutput): void {
    const report = new AppliedReport(this.state, this.engine.state.self.incarnation)
    try {
      report.restore(this.#incoming as IncomingSnapshot)
    } catch (error) {
      this.#fail('machine', error as Error)
      return
    }
    this.#compaction?.replaced(index, (this.#incoming as IncomingSnapshot).bytes)
    this.#incoming = null
    this.#report(report, index)
  }

  #report(report: AppliedReport, index: Index): void {
    this.#inputs.push(...report.digests, report.input())
    if (report.outcomes.length > 0) this.#listener.outcomes(report.outcomes)
    this.#listener.applied(index)
  }

  #setAside(): void {
    this.#state = this.#makeState()
    this.#storage = this.#storage && emptied(this.#storage)
    this.#compaction?.giveUp()
    this.#compaction = this.#makeCompaction()
    this.#inputs.push(new AppliedReport(this.#state, this.engine.state.self.incarnation).input())
  }

  #takeSnapshot(): void {
    this.#attempt(() => {
      this.#held = new HeldSnapshot(this.state)
      this.#inputs.push({ type: 'snapshot', index: this.#held.index })
    })
  }

  #takePiece(bytes: number): void {
    this.#attempt(() => {
      const piece = this.#held?.piece(bytes)
      if (piece !== undefined) this.#inputs.push(piece)
      if (piece?.last) this.#held = null
    })
  }

  /** What the machine cannot do for a snapshot stops this replica. */
  #attempt(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#fail('machine', snapshotFailed(error))
    }
  }

  #fail(reason: Parameters<LoopListener['stopped']>[0], cause: Error): void {
    if (this.#stopped) return
    this.stop()
    this.#listener.stopped(reason, cause)
  }

  /** One timer, for the engine's one deadline. */
  #setTimer(): void {
    const { deadlineMs } = this.engine
    if (this.#stopped || deadlineMs === this.#timerMs) return
    this.#timer?.()
    this.#timer = undefined
    this.#timerMs = deadlineMs
    if (deadlineMs === Number.POSITIVE_INFINITY) return
    const { clock } = this.#ports
    this.#timer = clock.setTimer(Math.max(0, deadlineMs - clock.monotonicMs()), () => this.#fire())
  }

  #fire(): void {
    this.#timer = undefined
    this.#timerMs = Number.POSITIVE_INFINITY
    this.input({ type: 'time' })
  }
}
