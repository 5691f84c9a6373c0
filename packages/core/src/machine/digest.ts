// A digest of 53 bits, a plain number: equal bytes give equal digests on every machine. Not against an adversary.

/** Two 32-bit lanes, each a murmur-like mix; 53 of their 64 bits. */
export function digestOf(bytes: Uint8Array): number {
  let low = 0x9e3779b9 ^ bytes.length
  let high = 0x85ebca6b ^ bytes.length
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number
    low = Math.imul(low ^ byte, 0x9e3779b1)
    high = Math.imul(high ^ byte, 0x5f356495)
    low ^= low >>> 15
    high ^= high >>> 13
  }
  return (mix(high ^ low) & 0x1fffff) * 2 ** 32 + (mix(low + Math.imul(high, 5)) >>> 0)
}

/** Murmur3's finaliser: each bit of the input reaches each of the output. */
export function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}
