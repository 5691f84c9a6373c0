// Messages for the contract: all different, and damage shows.

/** Messages that differ from each other and from those with another label, `messageBytes` long or as short as can be. */
export function numbered(label: string, count: number, messageBytes = 0): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => patterned(`${label} ${index}`, messageBytes))
}

/** `text`, filled up to `messageBytes` with bytes of which no stretch repeats soon, so that damage shows. */
export function patterned(text: string, messageBytes: number): Uint8Array {
  const head = Buffer.from(`${text}\n`)
  const bytes = new Uint8Array(Math.max(messageBytes, head.length))
  for (let index = 0, value = head.length; index < bytes.length; index++) {
    value = (Math.imul(value, 1103515245) + 12345) & 0x7fffffff
    bytes[index] = value >>> 16
  }
  bytes.set(head)
  return bytes
}
