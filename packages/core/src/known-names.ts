// Names that callers write, of options, limits and events: one that there is not is refused, and the nearest one told.
// To a caller without types nothing else says that what was misspelt does nothing.

/** All names in `T`: the type checker sees that none is missing, and none too many. */
export function namesOf<T>(names: { readonly [Name in keyof T]-?: true }): readonly string[] {
  return Object.keys(names)
}

/**
 * What to change; `null`: all that are given are known.
 *
 * @param kind what they are names of, as it stands before them: `'option '`, `'limits.'`
 */
export function unknownName(given: readonly string[], known: readonly string[], kind: string): string | null {
  const unknown = given.find((name) => !known.includes(name))
  if (unknown === undefined) return null
  const near = nearest(unknown, known)
  const instead = near === undefined ? `; there are: ${known.join(', ')}` : `: is ${near} meant?`
  return `there is no ${kind}${unknown}${instead}`
}

/** Of those in which at most each third letter is another. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known.map((each) => ({ each, edits: edits(name.toLowerCase(), each.toLowerCase()) }))
  const [first] = ranked.sort((a, b) => a.edits - b.edits)
  return first !== undefined && first.edits * 3 <= first.each.length ? first.each : undefined
}

/** How many letters to change, to put in or to leave out (Levenshtein's distance). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, place) => place)
  for (const letter of from) {
    const next = [(row[0] as number) + 1]
    for (const [place, wanted] of Array.from(to).entries()) {
      const [both, above, left] = [row[place], row[place + 1], next[place]] as [number, number, number]
      next.push(Math.min(both + (letter === wanted ? 0 : 1), above + 1, left + 1))
    }
    row = next
  }
  return row.at(-1) as number
}
