// What goes into one CPG message: a message of ours, a fragment of one, or a pack of several. Fixed little-endian
// header; the magic tells a foreign program's messages in the same group.
//
//   whole:     'Q' 'c' version 0, then the message
//   fragment:  'Q' 'c' version 1, uint32 message number, uint32 index, uint32 count, then its part
//   pack:      'Q' 'c' version 2, then for each message uint32 length and the message

const version = 1
const magic = Uint8Array.of(0x51, 0x63, version)
const kindOffset = 3

export const wholeHeaderBytes = 4
export const fragmentHeaderBytes = 16
export const packHeaderBytes = 4
/** Before each message of a pack. */
export const packLengthBytes = 4

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

/** Messages that were sent together. */
export interface Pack {
  readonly type: 'pack'
  readonly messages: readonly Uint8Array[]
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

/** Writes a pack of `messages` into `memory`, which must have room for it; returns the part that was written. */
export function encodePack(memory: Buffer, messages: readonly Uint8Array[]): Uint8Array {
  memory.set(magic)
  memory[kindOffset] = 2
  let end = packHeaderBytes
  for (const message of messages) {
    memory.set(message, memory.writeUInt32LE(message.length, end))
    end += packLengthBytes + message.length
  }
  return memory.subarray(0, end)
}

/** Reads one CPG message; `undefined` when it is not one of ours. Copies nothing. */
export function decodeFrame(bytes: Uint8Array): Whole | Fragment | Pack | undefined {
  if (bytes[0] !== magic[0] || bytes[1] !== magic[1] || bytes[2] !== magic[2]) return undefined
  switch (bytes[kindOffset]) {
    case 0:
      return { type: 'whole', bytes: bytes.subarray(wholeHeaderBytes) }
    case 1:
      return decodeFragment(bytes)
    case 2:
      return decodePack(bytes)
    default:
      return undefined
  }
}

function decodeFragment(bytes: Uint8Array): Fragment | undefined {
  // No empty parts: their number, which nothing bounds, would be all that they cost.
  if (bytes.length <= fragmentHeaderBytes) return undefined
  const header = new DataView(bytes.buffer, bytes.byteOffset, fragmentHeaderBytes)
  const [number, index, count] = [
    header.getUint32(4, true),
    header.getUint32(8, true),
    header.getUint32(12, true),
  ]
  if (index >= count) return undefined
  return { type: 'fragment', number, index, count, part: bytes.subarray(fragmentHeaderBytes) }
}

/** All of it or nothing: what its lengths do not fill exactly is none of ours. */
function decodePack(bytes: Uint8Array): Pack | undefined {
  const memory = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const messages: Uint8Array[] = []
  let at = packHeaderBytes
  while (at < bytes.length) {
    if (at + packLengthBytes > bytes.length) return undefined
    const begin = at + packLengthBytes
    at = begin + memory.getUint32(at, true)
    if (at > bytes.length) return undefined
    messages.push(bytes.subarray(begin, at))
  }
  return { type: 'pack', messages }
}
