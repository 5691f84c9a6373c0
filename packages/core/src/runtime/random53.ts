// What incarnations, memory ids and group ids are drawn from. Design: docs/protocol.md, "Words".

/** 53 random bits, never 0. */
export function random53(): number {
  const [high, low] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number]
  return (high & 0x1fffff) * 2 ** 32 + low || 1
}
