// What a field is on the wire, both ways in one place, so that encoder and decoder cannot drift apart. Own values are
// asserted (`encode` throws), a peer's bytes are checked (`decode` answers `undefined`, which no field can be).

/** One kind of value as MessagePack knows it. */
export interface Codec<T, Raw = unknown> {
  /** @throws {RangeError} `value` is outside what `decode` takes */
  encode(value: T): Raw
  /** `undefined`: `raw` is none. */
  decode(raw: unknown): T | undefined
}

/** A codec for each field; the order of the keys is the order on the wire. */
export type Fields<T> = { readonly [K in keyof T]: Codec<T[K]> }

/** An integer from `least` to `most`. */
export function natural<T extends number = number>(
  least: number = 0,
  most: number = Number.MAX_SAFE_INTEGER,
): Codec<T, T> {
  const fits = (raw: unknown): raw is T =>
    Number.isSafeInteger(raw) && (raw as T) >= least && (raw as T) <= most
  return {
    encode(value) {
      if (fits(value)) return value
      throw new RangeError(
        `A field of a message must be an integer from ${least} to ${most}, and is ${value}.`,
      )
    },
    // The sum turns -0, which MessagePack can say, into 0.
    decode: (raw) => (fits(raw) ? ((raw + 0) as T) : undefined),
  }
}

export const uint32: Codec<number, number> = natural(0, 0xffff_ffff)

export const uint64: Codec<bigint> = {
  encode: (value) => {
    if (BigInt.asUintN(64, value) === value) return value
    throw new RangeError(`A field of a message must be an integer of 64 bits, and is ${value}.`)
  },
  decode: (raw) => (typeof raw === 'bigint' && raw >= 0n ? raw : undefined),
}

export const flag: Codec<boolean> = {
  encode: (value) => value,
  decode: (raw) => (typeof raw === 'boolean' ? raw : undefined),
}

/** One of `names`, by its place among them: new names go to the end. */
export function oneOf<T extends string>(...names: readonly T[]): Codec<T> {
  return {
    encode: (value) => names.indexOf(value),
    decode: (raw) => (typeof raw === 'number' ? names[raw] : undefined),
  }
}

/** Always `value`, said as `code`: what tells one struct from another. */
export function constant<T extends string>(value: T, code: number): Codec<T> {
  return {
    encode: () => code,
    decode: (raw) => (raw === code ? value : undefined),
  }
}

export function nullable<T>(codec: Codec<T>): Codec<T | null> {
  return {
    encode: (value) => (value === null ? null : codec.encode(value)),
    decode: (raw) => (raw === null ? null : codec.decode(raw)),
  }
}

export function list<T>(codec: Codec<T>): Codec<readonly T[]> {
  return {
    encode: (values) => values.map((value) => codec.encode(value)),
    decode(raw) {
      if (!Array.isArray(raw)) return undefined
      const values: T[] = []
      for (const element of raw) {
        const value = codec.decode(element)
        if (value === undefined) return undefined
        values.push(value)
      }
      return values
    },
  }
}

/** What `codec` takes if it also `holds`; `rule` says that in words. */
export function where<T>(codec: Codec<T>, rule: string, holds: (value: T) => boolean): Codec<T> {
  return {
    encode(value) {
      if (holds(value)) return codec.encode(value)
      throw new RangeError(`In a message, ${rule}.`)
    },
    decode(raw) {
      const value = codec.decode(raw)
      return value !== undefined && holds(value) ? value : undefined
    },
  }
}

/** An object as an array of its fields, exactly these. */
export function struct<T extends object>(fields: Fields<T>): Codec<T> {
  return positional(fields, (length, known) => length === known)
}

/** As `struct`, but later versions may add fields at the end, which are ignored. */
export function growingStruct<T extends object>(fields: Fields<T>): Codec<T> {
  return positional(fields, (length, known) => length >= known)
}

function positional<T extends object>(
  fields: Fields<T>,
  mayHave: (length: number, known: number) => boolean,
): Codec<T> {
  const keys = Object.keys(fields) as (keyof T)[]
  const codecs: readonly Codec<T[keyof T]>[] = Object.values(fields)
  return {
    encode: (value) => codecs.map((codec, i) => codec.encode(value[keys[i] as keyof T])),
    decode(raw) {
      if (!Array.isArray(raw) || !mayHave(raw.length, codecs.length)) return undefined
      const object: Partial<T> = {}
      for (let i = 0; i < codecs.length; i++) {
        const value = codecs[i]?.decode(raw[i])
        if (value === undefined) return undefined
        object[keys[i] as keyof T] = value
      }
      return object as T
    },
  }
}
