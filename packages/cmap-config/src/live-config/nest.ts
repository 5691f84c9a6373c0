// Flat keys as a nested object: dots separate the levels. A level whose names are 0, 1, … without a gap is an array, but
// for the whole, which is an object always.

import type { Readings } from './readings.ts'

type Level = Map<string, unknown>

/** No path may have the name of a level: see `levelsOf`. */
export function nest(readings: Readings): Record<string, unknown> {
  const root: Level = new Map()
  for (const [path, value] of readings) {
    const segments = path.split('.')
    const name = segments.pop() as string
    segments.reduce(levelBelow, root).set(name, value)
  }
  return toObject(root)
}

/** The levels that paths lie in, each with one that does: no path may have the name of one. */
export function levelsOf(paths: Iterable<string>): Map<string, string> {
  const levels = new Map<string, string>()
  for (const path of paths)
    for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', dot + 1))
      levels.set(path.slice(0, dot), path)
  return levels
}

/** Whether `path` is inside of the level `level`; the whole is `''`. */
export function isBelow(path: string, level: string): boolean {
  return level === '' || path.startsWith(`${level}.`)
}

function levelBelow(level: Level, name: string): Level {
  const below = level.get(name)
  if (below instanceof Map) return below
  const added: Level = new Map()
  level.set(name, added)
  return added
}

/** `fromEntries` defines each property: a key named `__proto__` is one like any other. */
const toObject = (level: Level): Record<string, unknown> =>
  Object.fromEntries([...level].map(([name, value]) => [name, value instanceof Map ? toValue(value) : value]))

function toValue(level: Level): unknown {
  const object = toObject(level)
  const places = Array.from({ length: level.size }, (_, place) => `${place}`)
  return places.every((place) => level.has(place)) ? places.map((place) => object[place]) : object
}
