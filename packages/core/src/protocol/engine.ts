// The protocol as a pure state machine: the same inputs at the same instants give the same outputs, byte for byte.
// Design: docs/protocol.md. No I/O, no clock, no randomness but its own, no knowledge of who drives it.

import type { Process } from '../identity.ts'
import type { Ballot } from '../wire/ballot.ts'
import type { Install, Message, Prepare, PromiseMessage, Received, Refuse } from '../wire/messages.ts'
import { flush, noteSession, onRead, onSubmit, onWithdraw } from './client/origin.ts'
import { noteTime, onWall } from './client/time.ts'
import { deadlineOf, onTime } from './deadline.ts'
import { onDigest, onOwnDigest } from './digests.ts'
import { onAck } from './epoch/ack.ts'
import { fallOut } from './epoch/lag.ts'
import { onPropose } from './epoch/propose.ts'
import type { AppliedInput, FencedInput, Input, TuneInput } from './input.ts'
import { notify } from './notices.ts'
import type { EngineOptions } from './options.ts'
import type { Output } from './output.ts'
import { onCompact, onStored, persist } from './persist.ts'
import { forgetOld } from './retention.ts'
import { onPromise, onRefuse, startRound } from './round/coordinator.ts'
import { isSuperseded, setAside } from './round/force.ts'
import { onInstall } from './round/install.ts'
import { onPrepare } from './round/prepare.ts'
import { refuse } from './round/refuse.ts'
import { learnVoters } from './round/strangers.ts'
import { rankOf } from './round/takeover.ts'
import { onDown, onQuorum, onUp, onView } from './round/view.ts'
import { State } from './state.ts'
import { onFetch, onOwnChunk, onPiece, onSnapshot } from './transfer/donor.ts'
import { goOnFetching, onEntries, onMismatch } from './transfer/joiner.ts'
import { onSnapshotChunk } from './transfer/partial.ts'

/** Of most steps: an ack that is not the last that is needed asks for nothing. */
const nothing: readonly Output[] = []

export class Engine {
  /** For tests and invariants: to be read only. */
  readonly state: State

  constructor(options: EngineOptions) {
    this.state = new State(options)
    const { log, commit, applied } = this.state
    // What was committed before a restart is applied again from the snapshot on.
    if (commit > applied) {
      this.state.outputs.push({ type: 'apply', first: applied + 1, entries: log.slice(applied, commit) })
    }
  }

  /** What has to be done before the first input. */
  start(): readonly Output[] {
    return this.#take()
  }

  /** When the input `time` has to come, if nothing else comes before; infinite: never. */
  get deadlineMs(): number {
    return this.state.stopped ? Number.POSITIVE_INFINITY : deadlineOf(this.state)
  }

  /** `nowMs`: monotonic, never less than before. What it returns has to be done in its order. */
  step(input: Input, nowMs: number): readonly Output[] {
    const { state } = this
    if (state.stopped) return []
    state.nowMs = nowMs
    handle(state, input)
    return this.#take()
  }

  #take(): readonly Output[] {
    const { outputs } = this.state
    if (outputs.length === 0) return nothing
    this.state.outputs = []
    return outputs
  }
}

/** One handler per input: the table is exhaustive, or it does not compile. */
const handlers: {
  readonly [Type in Input['type']]: (state: State, input: Extract<Input, { type: Type }>) => void
} = {
  view: onView,
  quorum: onQuorum,
  message: (state, { received }) => receive(state, received),
  up: onUp,
  down: onDown,
  stored: (state, input) => {
    onStored(state, input)
    goOnFetching(state)
  },
  compact: onCompact,
  applied: onApplied,
  snapshot: onSnapshot,
  piece: onPiece,
  digest: onOwnDigest,
  submit: onSubmit,
  withdraw: onWithdraw,
  read: onRead,
  fenced: onFenced,
  force: (state, { force }) => startRound(state, force),
  wall: onWall,
  tune: onTune,
  time: onTime,
  settle,
}

function handle(state: State, input: Input): void {
  const handler = handlers[input.type] as (state: State, input: Input) => void
  handler(state, input)
}

/** One handler per message. */
const receivers: {
  readonly [Type in Message['type']]: (
    state: State,
    from: Process,
    message: Extract<Message, { type: Type }>,
  ) => void
} = {
  prepare: onPrepare,
  promise: onPromise,
  refuse: onRefuse,
  install: onInstall,
  propose: onPropose,
  ack: (state, from, ack) => onAck(state, from, ack.ballot, ack),
  fetch: onFetch,
  entries: (state, from, chunk) => (isOwn(state, from) ? onOwnChunk(state, chunk) : onEntries(state, chunk)),
  snapshot: (state, from, chunk) =>
    isOwn(state, from) ? onOwnChunk(state, chunk) : onSnapshotChunk(state, from, chunk),
  digest: onDigest,
  mismatch: (state, _, mismatch) => onMismatch(state, mismatch),
}

const isOwn = ({ self }: State, from: Process): boolean => from.incarnation === self.incarnation

/**
 * How far above all that were seen a ballot may lie: one absurd number must not use the numbers up. A group that has
 * ten rounds in a second gets there in 3,000 years.
 */
const ballotLeapMax = 2 ** 40

function isAbsurd({ highestBallotNumber, promised }: State, { number }: Ballot): boolean {
  return number > Math.max(highestBallotNumber, promised.number) + ballotLeapMax
}

function receive(state: State, { from, message }: Received): void {
  if ('ballot' in message && isAbsurd(state, message.ballot)) return
  if ('promised' in message && isAbsurd(state, message.promised)) return
  if ('voters' in message) meetClaim(state, message)
  const receiver = receivers[message.type] as (state: State, from: Process, message: Message) => void
  receiver(state, from, message)
}

/** What a message says of its sender's group may change to which we belong. */
function meetClaim(state: State, message: Prepare | PromiseMessage | Refuse | Install): void {
  // A forced INSTALL may fit the own log: onInstall looks first.
  if (message.type !== 'install' && isSuperseded(state, message)) setAside(state, message)
  learnVoters(state, message)
}

function onApplied(state: State, applied: AppliedInput): void {
  noteTime(state, applied)
  state.applied = applied.index
  noteSession(state, applied)
  forgetOld(state)
}

/**
 * No process of that node that our epoch knows of runs any more: a new round has to hear of it. Of a node in the view
 * the report is wrong by now: the process that runs there would be taken for dead at the next partition.
 */
function onFenced(state: State, { nodeid }: FencedInput): void {
  if (state.view?.members.some((member) => member.nodeid === nodeid)) {
    notify(state, { notice: 'fencing-refused', nodeid })
    return
  }
  for (const participant of state.epoch.participants) {
    if (participant.nodeid === nodeid) state.fenced.add(participant.incarnation)
  }
  if (state.active || state.view === null || state.voters.policy !== 'votequorum') return
  if (rankOf(state) === 0) state.roundWanted = true
  else if (state.promise !== null) refuse(state, state.promised, 'quorum')
}

/** Nothing else may change: what was promised counts on the log that is retained. */
function onTune(state: State, { limits, timeouts }: TuneInput): void {
  state.limits = limits
  state.timeouts = timeouts
}

/** The turn ends: what was collected goes out, and what has changed is stored. */
function settle(state: State): void {
  if (state.roundWanted) {
    state.roundWanted = false
    if (rankOf(state) === 0) startRound(state)
  }
  fallOut(state)
  flush(state)
  persist(state)
}
