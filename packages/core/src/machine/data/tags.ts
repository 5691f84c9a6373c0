// The format of values: what commands carry, what a state holds, what a snapshot is. One byte says what follows.
//
// It is our own and not a library's because equal states must give equal bytes (digests are compared between
// replicas, whatever they have installed), and because a restored value must behave as the one that was live: Map and
// Set, -0, undefined, lone surrogates and the order of keys all come back as they were.

/** Bytes below are the integers 0 to 127 themselves. */
export const smallIntegers = 0x80

/** What begins with these or bytes above has parts: its head is a count, and they follow. */
export const partsFrom = 0x8b

export const tag = {
  undefined: 0x80,
  null: 0x81,
  false: 0x82,
  true: 0x83,
  /** Four bytes, little-endian. */
  int32: 0x84,
  /** Eight bytes, little-endian: all other numbers. */
  float64: 0x85,
  /** Byte length, UTF-8. */
  string: 0x86,
  /** Byte length, UTF-16 little-endian: strings with lone surrogates. */
  utf16: 0x87,
  /** Decimal digits, as a string. */
  bigint: 0x88,
  /** Byte length, bytes. */
  bytes: 0x89,
  /** Milliseconds since 1970, float64. */
  date: 0x8a,
  /** Count, values. */
  array: 0x8b,
  /** Count, keys (strings) and values. */
  object: 0x8c,
  /** Count, keys and values. */
  map: 0x8d,
  /** Count, values. */
  set: 0x8e,
  /** As `object`, without a prototype: it answers `in` in another way. */
  bare: 0x8f,
  /** Count, two lanes of the hash, keys (strings, ascending) and values. In snapshots only; it alone has no count in its head. */
  table: 0x90,
} as const

/** Values nest at most so deep: more is a cycle. */
export const depthMax = 500
