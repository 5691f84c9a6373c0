// PREPARE, PROMISE, REFUSE, INSTALL. The first three are read by every version that ever was: fields are only added
// at their end, made of nil, booleans, numbers and arrays. Design: docs/protocol.md, "Messages" and "Rounds".

import type { Chain } from '../log/entry.ts'
import { type Codec, flag, list, nullable, oneOf, where } from './codec.ts'
import { type Format, fixed, growing } from './format.ts'
import type { Install, Prepare, PromiseMessage, Refuse } from './messages.ts'
import * as nouns from './nouns.ts'

export const prepare: Format<Prepare> = growing(1, 'prepare', {
  ballot: nouns.ballot,
  ring: nouns.ring,
  collectionTimeoutMs: nouns.milliseconds,
  group: nullable(nouns.group),
  voters: nouns.voters,
})

const chainsFromCommit: Codec<readonly Chain[]> = where(
  list(nouns.chain),
  'a PROMISE shows at least the chain at its commit',
  (chains) => chains.length > 0,
)

export const promise: Format<PromiseMessage> = growing(2, 'promise', {
  ballot: nouns.ballot,
  role: nouns.role,
  memory: nouns.memoryOrNone,
  blank: flag,
  group: nullable(nouns.group),
  voters: nouns.voters,
  epoch: nouns.epoch,
  adoptedHere: flag,
  sawCommit: flag,
  fenced: list(nouns.incarnation),
  certain: nouns.index,
  possible: nouns.index,
  commit: nouns.index,
  chains: chainsFromCommit,
  firstRetained: nouns.index,
  quorum: nullable(nouns.quorum),
  protocolVersions: nouns.versionRange,
  machineVersions: nouns.versionRange,
  agreed: nouns.versions,
  agreedAtCommit: nouns.versions,
})

export const refuse: Format<Refuse> = growing(3, 'refuse', {
  ballot: nouns.ballot,
  promised: nouns.ballot,
  reason: oneOf('promised', 'stranger', 'missed', 'unlisted', 'lost', 'quorum', 'room'),
  group: nullable(nouns.group),
  voters: nouns.voters,
  commit: nouns.index,
})

export const install: Format<Install> = fixed(4, 'install', {
  ballot: nouns.ballot,
  group: nouns.group,
  voters: nouns.voters,
  participants: nouns.participants,
  members: nouns.viewMembers,
  base: nouns.index,
  chain: nouns.chain,
  donors: list(nouns.incarnation),
  timeMs: nouns.milliseconds,
  versions: nouns.versions,
  forced: flag,
})
