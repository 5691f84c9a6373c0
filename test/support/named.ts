// What a program under test holds by the names that the test gives.

/** The one of that name. */
export function named<T>(all: ReadonlyMap<string, T>, name: string): T {
  const found = all.get(name)
  if (found === undefined) throw new Error(`There is no ${name}`)
  return found
}
