// Messages to bytes. Design: docs/protocol.md, "Messages".

import { formatOf } from './formats.ts'
import { headerBytes, type Sender, seal } from './header.ts'
import type { Message } from './messages.ts'
import { pack } from './pack.ts'

/**
 * The bytes belong to the caller.
 *
 * @throws {RangeError} `message` or `sender` holds a number that no decoder takes
 */
export function encodeMessage(sender: Sender, message: Message): Uint8Array {
  const format = formatOf(message.type)
  const { fields, raw } = format.encode(message)
  const bytes = pack(fields, raw, headerBytes)
  seal(bytes, sender, format.kind)
  return bytes
}
