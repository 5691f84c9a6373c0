// One message of each kind and of each shape that a kind has, with fields as large as they may be: for the tests of
// the wire format. The bytes of each stand in golden/.

import type { Incarnation, MemoryId } from '../identity.ts'
import { encodeBody } from '../log/body.ts'
import type { Chain, CommandsBody, EntryBody, Participant, ViewBody } from '../log/entry.ts'
import { type Ballot, noBallot } from './ballot.ts'
import type { GroupId, VoterSet } from './group.ts'
import type { Sender } from './header.ts'
import type { EntriesChunk, Message, PromiseMessage, Propose, Refuse } from './messages.ts'

const largest = Number.MAX_SAFE_INTEGER
const largestIndex = 2 ** 52
const largestUint32 = 2 ** 32 - 1
const incarnation = 0x12_3456_789a_bcde as Incarnation
const chain = (value: number): Chain => value as Chain

export const sender: Sender = { incarnation, group: 0x1f_edcb_a987_6543 }

const ballot: Ballot = { number: 17, nodeid: 3, incarnation }
const largestBallot: Ballot = {
  number: largest,
  nodeid: largestUint32,
  incarnation: largest as Incarnation,
}
const group: GroupId = { random: sender.group, generation: largestBallot }
const voters: VoterSet = { nodeids: [1, 2, largestUint32], policy: 'majority' }
const ring = { nodeid: 1, seq: 2n ** 64n - 1n }

const participants: readonly Participant[] = [
  { nodeid: 1, pid: 4711, incarnation, role: 'voter', memory: largest as MemoryId },
  { nodeid: 9, pid: largestUint32, incarnation: 1 as Incarnation, role: 'learner', memory: 0 },
]
const members = [
  { nodeid: 1, pid: 4711, incarnation },
  { nodeid: 10, pid: 1, incarnation: 0 as const },
]

const viewBody: ViewBody = {
  type: 'view',
  ballot,
  participants,
  members,
  versions: { protocol: 1, machine: 7 },
  timeMs: 1_760_000_000_000,
}
const commandsBody: CommandsBody = {
  type: 'commands',
  origin: incarnation,
  session: largestIndex,
  first: largestIndex,
  count: 3,
  lowest: 1,
  timeMs: largest,
  commands: Uint8Array.of(0, 1, 0xff, 0xc1),
}

/** A body of each type. */
export const bodies: Readonly<Record<EntryBody['type'], EntryBody>> = {
  view: viewBody,
  commands: commandsBody,
  marker: { type: 'marker', origin: incarnation, number: largest, timeMs: 1 },
  tick: { type: 'tick', timeMs: 0 },
}

const promise: PromiseMessage = {
  type: 'promise',
  ballot,
  role: 'voter',
  memory: 5 as MemoryId,
  blank: false,
  group,
  voters,
  epoch: { ballot: largestBallot, participants },
  adoptedHere: true,
  sawCommit: true,
  fenced: [incarnation, largest as Incarnation],
  certain: 1001,
  possible: largestIndex,
  commit: 1000,
  chains: [chain(0), chain(1), chain(largest)],
  firstRetained: 1003,
  quorum: { quorate: true, ring },
  protocolVersions: { lowest: 1, highest: 2 },
  machineVersions: { lowest: 3, highest: 3 },
  agreed: { protocol: 1, machine: 3 },
  agreedAtCommit: { protocol: 1, machine: 2 },
}

const refuse: Refuse = {
  type: 'refuse',
  ballot,
  promised: largestBallot,
  reason: 'promised',
  group,
  voters,
  commit: largestIndex,
}

function propose(body: Propose['body'], ack: Propose['ack']): Propose {
  return { type: 'propose', ballot, body, payload: encodeBody(body), ack }
}

function entry(body: EntryBody): EntriesChunk['entries'][number] {
  return { body, payload: encodeBody(body) }
}

const snapshotName = { index: largestIndex, chain: chain(largest) }

/** By name; the first word is the type. */
export const samples: Readonly<Record<string, Message>> = {
  digest: { type: 'digest', group, index: largestIndex, digest: largest },
  prepare: { type: 'prepare', ballot, ring, collectionTimeoutMs: 250, group, voters },
  'prepare-without-group': {
    type: 'prepare',
    ballot: largestBallot,
    ring: { nodeid: largestUint32, seq: 0n },
    collectionTimeoutMs: largest,
    group: null,
    voters: { nodeids: [0], policy: 'votequorum' },
  },
  promise,
  'promise-blank': {
    ...promise,
    role: 'learner',
    memory: 0,
    blank: true,
    group: null,
    epoch: { ballot: noBallot, participants: [] },
    adoptedHere: false,
    sawCommit: false,
    fenced: [],
    certain: 0,
    possible: 0,
    commit: 0,
    chains: [chain(0)],
    firstRetained: 1,
    quorum: null,
    agreed: { protocol: 0, machine: 0 },
    agreedAtCommit: { protocol: 0, machine: 0 },
  },
  refuse,
  'refuse-stranger': { ...refuse, reason: 'stranger', promised: noBallot, group: null },
  'refuse-missed': { ...refuse, reason: 'missed' },
  'refuse-unlisted': { ...refuse, reason: 'unlisted' },
  'refuse-lost': { ...refuse, reason: 'lost' },
  'refuse-quorum': { ...refuse, reason: 'quorum' },
  'refuse-room': { ...refuse, reason: 'room' },
  install: {
    type: 'install',
    ballot,
    group,
    voters,
    participants,
    members,
    base: largestIndex,
    chain: chain(largest),
    donors: [incarnation],
    timeMs: 1_760_000_000_000,
    versions: { protocol: 1, machine: largest },
    forced: true,
  },
  'propose-commands': propose(commandsBody, { index: 1234, chain: chain(largest) }),
  'propose-marker': propose({ type: 'marker', origin: incarnation, number: largest, timeMs: 1 }, null),
  'propose-tick': propose({ type: 'tick', timeMs: 0 }, null),
  ack: { type: 'ack', ballot: largestBallot, index: largestIndex, chain: chain(largest) },
  fetch: {
    type: 'fetch',
    ballot,
    donor: incarnation,
    index: 0,
    chain: chain(0),
    upTo: largest,
    credit: 4,
    partial: null,
  },
  'fetch-resumed': {
    type: 'fetch',
    ballot,
    donor: 1 as Incarnation,
    index: 5,
    chain: chain(1),
    upTo: 6,
    credit: 0,
    partial: { ...snapshotName, bytes: largest },
  },
  entries: {
    type: 'entries',
    ballot,
    from: { index: 41, chain: chain(largest) },
    commit: largestIndex,
    entries: Object.values(bodies).map(entry),
  },
  'entries-none': { type: 'entries', ballot, from: { index: 0, chain: chain(0) }, commit: 0, entries: [] },
  snapshot: {
    type: 'snapshot',
    ballot,
    commit: largestIndex,
    snapshot: snapshotName,
    versions: { protocol: 1, machine: 2 },
    offset: largest,
    part: Uint8Array.of(0xdd, 0xff, 0x00),
    digest: null,
  },
  'snapshot-last': {
    type: 'snapshot',
    ballot,
    commit: 6,
    snapshot: { index: 5, chain: chain(1) },
    versions: { protocol: 1, machine: 2 },
    offset: 7,
    part: Uint8Array.of(0x00),
    digest: largest,
  },
  mismatch: { type: 'mismatch', ballot, joiner: incarnation, index: 1, chain: chain(2) },
}
