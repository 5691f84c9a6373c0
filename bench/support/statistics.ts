// What many measurements come down to.

/** The value below which `part` (0 to 1) of the values lie. */
export function quantile(values: readonly number[], part: number): number {
  if (values.length === 0) throw new RangeError('No quantile of no values.')
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(Math.floor(part * sorted.length), sorted.length - 1)] as number
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}
