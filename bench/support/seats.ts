// The entries of a table of the benches.

export interface Seat {
  readonly holder: string
  readonly paid: boolean
  readonly cents: number
  readonly atMs: number
  readonly note: string
}

/** Keys in an order that is not theirs: each step goes elsewhere in the tree. */
export function keyOf(place: number): string {
  return `seat-${String((place * 7_368_787) % 1_000_003).padStart(9, '0')}`
}

/** With its key, 200 bytes as a snapshot holds it. */
export function seatOf(place: number): Seat {
  const holder = `customer-${String(place % 100_000).padStart(6, '0')}`
  return {
    holder,
    paid: place % 3 === 0,
    cents: 1000 + place,
    atMs: 1.7e12 + place + 0.5,
    note: 'n'.repeat(115),
  }
}
