// What goes into one CPG message: a whole message of ours, or a fragment of one. Fixed little-endian header; the
// magic tells a foreign program's messages in the same group.
//
//   whole:     'Q' 'c' version 0, then the message
//   fragment:  'Q' 'c' version 1, uint32 message number, uint32 index, uint32 count, then its part

const version = 1
const magic = Uint8Array.of(0x51, 0x63, version)
const kindOffset = 3

export const wholeHeaderBytes = 4
export const fragmentHeaderBytes = 16

/** The header of every whole message. */
export const wholeHeader: Uint8Array = Uint8Array.of(...magic, 0)

/** One part of a message. `number` is the sender's count of attempts at long messages. */
export interface Fragment {
  readonly type: 'fragment'
  readonly number: number
  readonly index: number
  readonly count: number
  readonly part: Uint8Array
}

export interface Whole {
  readonly type: 'whole'
  readonly bytes: Uint8Array
}

/** The header of a fragment. */
export function encodeFragmentHeader(number: number, index: number, count: number): Uint8Array {
  const header = Buffer.alloc(fragmentHeaderBytes)
  header.set(magic)
  header[kindOffset] = 1
  header.writeUInt32LE(number, 4)
  header.writeUInt32LE(index, 8)
  header.writeUInt32LE(count, 12)
  return header
}

/** Reads one CPG message; `undefined` when it is not one of ours. Copies nothing. */
export function decodeFrame(bytes: Uint8Array): Whole | Fragment | undefined {
  if (magic.some((byte, i) => bytes[i] !== byte)) return undefined
  if (bytes[kindOffset] === 0) return { type: 'whole', bytes: bytes.subarray(wholeHeaderBytes) }
  // No empty parts: their number, which nothing bounds, would be all that they cost.
  if (bytes[kindOffset] !== 1 || bytes.length <= fragmentHeaderBytes) return undefined
  const header = new DataView(bytes.buffer, bytes.byteOffset, fragmentHeaderBytes)
  const [number, index, count] = [
    header.getUint32(4, true),
    header.getUint32(8, true),
    header.getUint32(12, true),
  ]
  if (index >= count) return undefined
  return { type: 'fragment', number, index, count, part: bytes.subarray(fragmentHeaderBytes) }
}
