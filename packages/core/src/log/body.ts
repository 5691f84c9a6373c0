// The body of a log entry as bytes: what is hashed into the chain, stored and transferred. Each adopter makes the
// VIEW entry by itself, so these bytes are the same on every node and in every version: a format that changes is a
// new type. Design: docs/protocol.md, "Words".

import { type Codec, constant, natural, struct } from '../wire/codec.ts'
import * as nouns from '../wire/nouns.ts'
import { pack, unpack } from '../wire/pack.ts'
import type { CommandsBody, EntryBody, MarkerBody, TickBody, ViewBody } from './entry.ts'

const view: Codec<ViewBody> = struct({
  type: constant('view', 1),
  ballot: nouns.ballot,
  participants: nouns.participants,
  members: nouns.viewMembers,
  versions: nouns.versions,
  timeMs: nouns.milliseconds,
})

/** Without the commands themselves: they stand behind the fields, as they are. */
const commands: Codec<Omit<CommandsBody, 'commands'>> = struct({
  type: constant('commands', 2),
  origin: nouns.incarnation,
  session: nouns.index,
  first: nouns.ordinal,
  count: natural(1),
  lowest: nouns.ordinal,
  timeMs: nouns.milliseconds,
})

const marker: Codec<MarkerBody> = struct({
  type: constant('marker', 3),
  origin: nouns.incarnation,
  number: natural(),
  timeMs: nouns.milliseconds,
})

const tick: Codec<TickBody> = struct({ type: constant('tick', 4), timeMs: nouns.milliseconds })

/** @throws {RangeError} `body` holds a number that no decoder takes */
export function encodeBody(body: EntryBody): Uint8Array {
  switch (body.type) {
    case 'view':
      return pack(view.encode(body))
    case 'commands':
      return pack(commands.encode(body), body.commands)
    case 'marker':
      return pack(marker.encode(body))
    case 'tick':
      return pack(tick.encode(body))
  }
}

/** The commands are a part of `bytes`. `undefined`: `bytes` is no body. */
export function decodeBody(bytes: Uint8Array): EntryBody | undefined {
  const unpacked = unpack(bytes)
  if (unpacked === undefined) return undefined
  const { fields, raw } = unpacked
  return raw.length === 0 ? decodeWithoutCommands(fields) : decodeCommands(fields, raw)
}

function decodeCommands(fields: unknown, raw: Uint8Array): CommandsBody | undefined {
  const known = commands.decode(fields)
  // A command has at least one byte: more cannot be there.
  if (known === undefined || known.count > raw.length) return undefined
  const { type, origin, session, first, count, lowest, timeMs } = known
  return { type, origin, session, first, count, lowest, timeMs, commands: raw }
}

function decodeWithoutCommands(fields: unknown): EntryBody | undefined {
  return marker.decode(fields) ?? tick.decode(fields) ?? view.decode(fields)
}
