// All kinds of messages.

import { ack, digest, propose } from './epoch-messages.ts'
import type { Format } from './format.ts'
import type { Message } from './messages.ts'
import { install, prepare, promise, refuse } from './round-messages.ts'
import { entries, fetch, mismatch, snapshot } from './transfer-messages.ts'

type FormatOf<T extends Message['type']> = Format<Extract<Message, { readonly type: T }>>

const formats: { readonly [T in Message['type']]: FormatOf<T> } = {
  prepare,
  promise,
  refuse,
  install,
  propose,
  ack,
  fetch,
  entries,
  snapshot,
  mismatch,
  digest,
}

const byKind: ReadonlyMap<number, Format<Message>> = new Map(
  Object.values(formats).map((format) => [format.kind, format]),
)

export function formatOf(type: Message['type']): Format<Message> {
  return formats[type]
}

/** `undefined`: no kind of message has this number. */
export function formatOfKind(kind: number): Format<Message> | undefined {
  return byKind.get(kind)
}
