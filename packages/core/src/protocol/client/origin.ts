// The origin of commands and read markers: what is open, what has to be sent, and sent again. Design:
// docs/protocol.md, "Sessions", "Reads" and "Rounds" 6.

import { encodeBody } from '../../log/body.ts'
import type { CommandsBody, Entry, EntryBody, Index, MarkerBody, TickBody } from '../../log/entry.ts'
import { faulty } from '../faults.ts'
import type { AppliedInput, ReadInput, SubmitInput, WithdrawInput } from '../input.ts'
import type { InstalledState, OpenCommand, State } from '../state.ts'
import { estimateTime } from './time.ts'

export function onSubmit(state: State, { request, command }: SubmitInput): void {
  if (faulty(state, 'no-resend-at-session') && (state.session === 0 || !state.active)) return
  state.waiting.set(request, command)
}

export function onWithdraw(state: State, { request }: WithdrawInput): void {
  state.waiting.delete(request)
}

/** May share only a marker that has not been handed over when the read is invoked. */
export function onRead(state: State, { read }: ReadInput): void {
  const [sent] = state.markers.values()
  if (faulty(state, 'read-shares-sent-marker') && sent !== undefined) sent.reads.push(read)
  else state.waitingReads.push(read)
}

/** At adoption: all that is open, but for what stands in the own log. */
export function sendOpen(state: State): void {
  const inLog = new Set<number>()
  const markersInLog = new Set<number>()
  for (const { body } of unapplied(state)) {
    if (!isOwn(state, body)) continue
    if (body.type === 'marker') markersInLog.add(body.number)
    else for (let i = 0; i < body.count; i++) inLog.add(body.first + i)
  }
  state.proposalsInFlight = 0
  state.markersInFlight = 0
  state.unsent = faulty(state, 'open-not-resent')
    ? []
    : [...state.open.keys()].filter((number) => !inLog.has(number))
  state.unsentMarkers = [...state.markers.keys()].filter((number) => !markersInLog.has(number))
  state.tickInFlight = false
}

/** Of the log, what the machine will still see. */
const unapplied = ({ log, applied }: State): Entry[] => log.slice(Math.max(applied, log.start), log.last)

const isOwn = ({ self }: State, body: EntryBody): body is CommandsBody | MarkerBody =>
  'origin' in body && body.origin === self.incarnation

/** Whether the log may get another own entry: in an epoch that commits nothing it must not grow for ever. */
const hasRoom = ({ uncommittedOwn, proposalsInFlight, markersInFlight, limits }: State): boolean =>
  uncommittedOwn + proposalsInFlight + markersInFlight < limits.uncommittedEntriesMax

/** Sends what may be sent now; at the end of each turn. */
export function flush(state: State): void {
  if (!state.active || state.installed === null) return
  sendMarkers(state, state.installed)
  while (state.proposalsInFlight < state.limits.proposalsInFlightMax && hasRoom(state)) {
    const batch = nextAgain(state) ?? nextNew(state)
    if (batch === null) return
    state.proposalsInFlight += 1
    propose(state, state.installed, commandsBody(state, batch))
  }
}

function sendMarkers(state: State, installed: InstalledState): void {
  while (hasRoom(state)) {
    const number = state.unsentMarkers.shift() ?? newMarker(state)
    if (number === null) return
    if (state.markers.has(number)) sendMarker(state, installed, number)
  }
}

/** For all reads that wait for one. */
function newMarker(state: State): number | null {
  if (state.waitingReads.length === 0) return null
  const number = state.nextMarker++
  state.markers.set(number, { number, reads: state.waitingReads })
  state.waitingReads = []
  return number
}

function sendMarker(state: State, installed: InstalledState, number: number): void {
  state.markersInFlight += 1
  const timeMs = Math.floor(estimateTime(state))
  propose(state, installed, { type: 'marker', origin: state.self.incarnation, number, timeMs })
}

export function sendTick(state: State): void {
  if (state.installed === null) return
  state.tickInFlight = true
  propose(state, state.installed, { type: 'tick', timeMs: Math.floor(estimateTime(state)) })
}

function propose(
  state: State,
  { install }: InstalledState,
  body: CommandsBody | MarkerBody | TickBody,
): void {
  const payload = encodeBody(body)
  const message = { type: 'propose', ballot: install.ballot, body, payload, ack: null } as const
  state.outputs.push({ type: 'send', message })
}

/** What the session table would pass over, until a lower one is answered. (A machine's new version may take fewer.) */
const windowEnd = ({ open, nextNumber, openCommandsMax }: State): number =>
  (open.keys().next().value ?? nextNumber) + openCommandsMax

/** Consecutive numbers of one session that go (again). */
function nextAgain(state: State): OpenCommand[] | null {
  const batch: OpenCommand[] = []
  let bytes = 0
  let taken = 0
  const end = windowEnd(state)
  for (const number of state.unsent) {
    if (number >= end) break
    const command = state.open.get(number)
    if (command !== undefined) {
      const [first] = batch
      if (first !== undefined && number !== first.number + batch.length) break
      if (first !== undefined && isFull(state, batch.length, bytes + command.command.length)) break
      batch.push(command)
      bytes += command.command.length
    }
    taken += 1
  }
  state.unsent.splice(0, taken)
  return batch.length > 0 ? batch : null
}

/**
 * Commands that were never sent get their numbers. They wait until there is a session, and until the table takes them:
 * one that is passed over although nothing was lost would wait for the next epoch.
 */
function nextNew(state: State): OpenCommand[] | null {
  const { waiting, session } = state
  if (waiting.size === 0 || session === 0) return null
  const first = state.nextNumber
  const requests: number[] = []
  const batch: OpenCommand[] = []
  let bytes = 0
  const end = windowEnd(state)
  for (const [request, command] of waiting) {
    if (first + batch.length >= end) break
    if (batch.length > 0 && isFull(state, batch.length, bytes + command.length)) break
    const open = { number: first + batch.length, command, session }
    batch.push(open)
    requests.push(request)
    waiting.delete(request)
    state.open.set(open.number, open)
    bytes += command.length
  }
  if (batch.length === 0) return null
  state.nextNumber += batch.length
  state.outputs.push({ type: 'numbered', first, requests })
  return batch
}

const isFull = ({ limits }: State, count: number, bytes: number): boolean =>
  count >= limits.batchCommandsMax || bytes > limits.batchBytesMax

function commandsBody(state: State, batch: readonly OpenCommand[]): CommandsBody {
  const [{ number: first, session }] = batch as [OpenCommand]
  return {
    type: 'commands',
    origin: state.self.incarnation,
    session,
    first,
    count: batch.length,
    lowest: state.open.keys().next().value as number,
    timeMs: Math.floor(estimateTime(state)),
    commands: concatenated(batch.map(({ command }) => command)),
  }
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/** A proposal is in the log. */
export function noteAppended(state: State, body: EntryBody): void {
  if (body.type === 'tick') noteTick(state)
  if (!isOwn(state, body)) return
  state.uncommittedOwn += 1
  if (body.type === 'commands') state.proposalsInFlight -= 1
  else state.markersInFlight -= 1
  if (body.type === 'marker' && faulty(state, 'read-on-self-delivery')) answerReads(state, body.number)
}

/** Whosever it is: an own one that is still on its way comes once more, and does no harm. */
function noteTick(state: State): void {
  state.tickIndex = state.log.last
  state.tickInFlight = false
}

/** What of the log is not committed when an epoch begins. */
export function noteUncommitted(state: State): void {
  state.uncommittedOwn = 0
  state.tickIndex = 0
  for (const [i, { body }] of state.log.slice(state.commit, state.log.last).entries()) {
    if (body.type === 'tick') state.tickIndex = state.commit + i + 1
    if (isOwn(state, body)) state.uncommittedOwn += 1
  }
}

/** Entries were handed to the machine; what comes after that output finds them applied. */
export function afterCommit(state: State, _first: Index, entries: readonly Entry[]): void {
  for (const { body } of entries) {
    if (!isOwn(state, body)) continue
    if (state.uncommittedOwn > 0) state.uncommittedOwn -= 1
    if (body.type === 'marker') answerReads(state, markerFor(state, body.number))
  }
}

/** A marker that was sent again stands in the log twice: its own number says what it answers. */
function markerFor(state: State, number: number): number {
  if (!faulty(state, 'markers-in-order')) return number
  return state.markers.keys().next().value ?? number
}

export function answerReads(state: State, number: number): void {
  const marker = state.markers.get(number)
  if (marker === undefined) return
  state.markers.delete(number)
  state.outputs.push({ type: 'readable', reads: marker.reads })
}

export function noteSession(state: State, applied: AppliedInput): void {
  const { session, answered, passedOver } = applied
  state.openCommandsMax = applied.openCommandsMax
  for (const number of answered) state.open.delete(number)
  if (session !== state.session) endSession(state, session)
  if (passedOver > 0) sendFrom(state, passedOver)
}

/** Never sent again under another session: what became of these cannot be known here. */
function endSession(state: State, session: Index): void {
  if (faulty(state, 'resend-under-new-session')) takeAlong(state, session)
  const expired = [...state.open.values()].filter((command) => command.session !== session)
  const numbers = expired.map(({ number }) => number)
  for (const number of numbers) state.open.delete(number)
  if (numbers.length > 0) state.outputs.push({ type: 'expired', numbers })
  state.session = session
}

/** Seeded fault. */
function takeAlong(state: State, session: Index): void {
  for (const [number, command] of state.open) state.open.set(number, { ...command, session })
  state.unsent = [...state.open.keys()]
}

/** A lower number was lost on the way; once per epoch everything from there on goes again. */
function sendFrom(state: State, passedOver: number): void {
  if (!state.active || state.resentInAdoption === state.adoptions) return
  state.resentInAdoption = state.adoptions
  const unsent = new Set(state.unsent)
  state.unsent = [...state.open.keys()].filter((number) => number >= passedOver || unsent.has(number))
}
