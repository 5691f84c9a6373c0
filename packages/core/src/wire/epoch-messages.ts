// PROPOSE, ACK and DIGEST. Design: docs/protocol.md, "Acks, commit, valid votes" and "Digests".

import { decodeBody } from '../log/body.ts'
import { type Codec, natural, nullable, struct } from './codec.ts'
import { type Format, fixed } from './format.ts'
import type { Ack, DigestMessage, Propose } from './messages.ts'
import * as nouns from './nouns.ts'

const proposeFields: Codec<Pick<Propose, 'ballot' | 'ack'>> = struct({
  ballot: nouns.ballot,
  ack: nullable(nouns.position),
})

export const propose: Format<Propose> = {
  kind: 5,
  encode: (message) => ({ fields: proposeFields.encode(message), raw: message.payload }),
  decode({ fields, raw }) {
    const known = proposeFields.decode(fields)
    const body = decodeBody(raw)
    if (known === undefined || body === undefined || body.type === 'view') return undefined
    return { type: 'propose', ballot: known.ballot, body, payload: raw, ack: known.ack }
  },
}

export const ack: Format<Ack> = fixed(6, 'ack', {
  ballot: nouns.ballot,
  index: nouns.index,
  chain: nouns.chain,
})

export const digest: Format<DigestMessage> = fixed(11, 'digest', {
  group: nouns.group,
  index: nouns.index,
  digest: natural(),
})
