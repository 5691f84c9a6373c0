// How one kind of message is said: its fields, and for three kinds raw bytes behind them.

import { type Codec, type Fields, growingStruct, struct } from './codec.ts'
import type { Message } from './messages.ts'
import type { Unpacked } from './pack.ts'

export interface Format<M extends Message> {
  /** Stands in the header. A number is given out once. */
  readonly kind: number
  encode(message: M): { readonly fields: unknown; readonly raw?: Uint8Array }
  /** `undefined`: the bytes are no such message. */
  decode(unpacked: Unpacked): M | undefined
}

type FieldsOf<M extends Message> = Fields<Omit<M, 'type'>>

/** A message of exactly these fields. */
export function fixed<M extends Message>(kind: number, type: M['type'], fields: FieldsOf<M>): Format<M> {
  return ofFields(kind, type, struct(fields))
}

/** A message that later versions may lengthen: its fields are only ever added to, at the end. */
export function growing<M extends Message>(kind: number, type: M['type'], fields: FieldsOf<M>): Format<M> {
  return ofFields(kind, type, growingStruct(fields))
}

function ofFields<M extends Message>(
  kind: number,
  type: M['type'],
  codec: Codec<Omit<M, 'type'>>,
): Format<M> {
  return {
    kind,
    encode: (message) => ({ fields: codec.encode(message) }),
    decode({ fields, raw }) {
      const known = raw.length === 0 ? codec.decode(fields) : undefined
      return known === undefined ? undefined : ({ type, ...known } as M)
    },
  }
}
