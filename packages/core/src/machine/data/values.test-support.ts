// Values for the tests of this folder: one of each kind that is encoded, and of each that is refused.

export const own: object = JSON.parse('{"__proto__": 1}')
export const bare: object = Object.assign(Object.create(null), { toString: 1 })
export const values: readonly unknown[] = [
  ...[undefined, null, true, false, 0, 1, 127, 128, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53, 0.1, -0],
  ...[Number.NaN, Number.POSITIVE_INFINITY, 0n, -(2n ** 90n), '', 'plain', 'grün', '😀', 'a'.repeat(40)],
  ...['a'.repeat(41), 'ü'.repeat(500), '\ud800', 'a'.repeat(100_000), new Date(5)],
  ...[new Uint8Array([1, 2, 255]), new Uint8Array(0), [], [1, [2, ['three']]], [undefined, null]],
  ...[{}, { a: 1, b: { c: undefined } }, { 2: 'b', 1: 'a', '': 0 }, own, bare, new Map(), new Set()],
  ...[
    new Map<unknown, unknown>([
      [1, 'a'],
      ['1', 'b'],
      [{ k: 1 }, new Map([[1, 2]])],
    ]),
    new Set([1, '1', [1]]),
  ],
]

type Choose = (count: number) => number

/** Those that can be gone over many times. */
export const short: readonly unknown[] = values.filter(
  (value) => typeof value !== 'string' || value.length < 1000,
)

/** Nested at most `depth` deep. */
export function randomValue(choose: Choose, depth: number): unknown {
  const kind = depth === 0 ? 0 : choose(6)
  const parts = () => Array.from({ length: choose(5) }, () => randomValue(choose, depth - 1))
  const entries = () => parts().map((part) => [randomText(choose), part] as const)
  if (kind === 1) return parts()
  if (kind === 2) return Object.fromEntries(entries())
  if (kind === 3) return new Map<unknown, unknown>([...entries(), [parts(), parts()]])
  if (kind === 4) return new Set(parts())
  return choose(4) === 0 ? randomText(choose) : short[choose(short.length)]
}

function randomText(choose: Choose): string {
  return ['a', 'ü', '\ud800'][choose(3)]?.repeat(choose(100)) ?? ''
}

export function nested(levels: number): unknown {
  let value: unknown = 'innermost'
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { in: value }
  return value
}

class Account {}
const circle: unknown[] = []
circle.push(circle)
/** With what the error says of it. */
export const refused: readonly (readonly [unknown, RegExp])[] = [
  [{ users: [{ greet: () => 'hello' }] }, /at \.users\[0\]\.greet is a function/],
  [() => 1, /^The value itself is a function/],
  [{ account: new Account() }, /\.account is an instance of Account/],
  [[Promise.resolve()], /\[0\] is a promise/],
  [new Map([[{ key: 1 }, Symbol('x')]]), /\[object\] is a symbol/],
  [{ pattern: /x/ }, /\.pattern is an instance of RegExp/],
  [new Float64Array(1), /an instance of Float64Array/],
  [{ [Symbol('key')]: 1 }, /symbols as keys/],
  // biome-ignore lint/suspicious/noSparseArray: it is what is refused.
  [{ list: [1, , 3] }, /\.list is an array with a hole at 1/],
  [circle, /nested deeper than 500 levels, perhaps in a circle/],
]
