// What the map wishes of a replica's bounds, key by key.

/** By name, such as `batchCommandsMax`. */
export type Bounds = Readonly<Record<string, number>>

export interface AllBounds {
  readonly limits: Bounds
  readonly timeouts: Bounds
}

/** Of one bound; without a value it returns to what the replica was opened with. */
export interface Wish {
  readonly part: keyof AllBounds
  readonly name: string
  readonly value: number | undefined
}

/** All that stands in the map. */
export function wishesOf({ limits, timeouts }: AllBounds): Wish[] {
  const of = (part: keyof AllBounds, bounds: Bounds): Wish[] =>
    Object.entries(bounds).map(([name, value]) => ({ part, name, value }))
  return [...of('limits', limits), ...of('timeouts', timeouts)]
}

/** What stood in the map before and does not now. */
export function withdrawn(before: readonly Wish[], now: readonly Wish[]): Wish[] {
  const gone = before.filter(
    (wish) => !now.some((other) => other.part === wish.part && other.name === wish.name),
  )
  return gone.map(({ part, name }) => ({ part, name, value: undefined }))
}

/** As `tune` takes them. */
export function changesOf(wishes: readonly Wish[]): { readonly limits: object; readonly timeouts: object } {
  const of = (wanted: keyof AllBounds): object =>
    Object.fromEntries(wishes.filter(({ part }) => part === wanted).map(({ name, value }) => [name, value]))
  return { limits: of('limits'), timeouts: of('timeouts') }
}
