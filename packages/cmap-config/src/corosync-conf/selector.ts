// Repeated sections have no names of their own in the file; in CMAP they have (exec/coroparse.c): a node goes by its
// position, an interface by its link number, a logger by its subsystem. Here is that naming, both ways.

import { type ConfEntry, type ConfSection, lastKey, sectionsNamed } from './entries.ts'

/** The key within the section that names it, and the name of a section without that key. */
interface NamedBy {
  readonly key: string
  readonly absent?: string
}

const repeated: Readonly<Record<string, NamedBy | 'position'>> = {
  'nodelist.node': 'position',
  'totem.interface': { key: 'linknumber', absent: '0' },
  'logging.logger_subsys': { key: 'subsys' },
}

/** True where CMAP puts a name behind the section's own, as in `nodelist.node.0`. */
export function isRepeated(path: string): boolean {
  return Object.hasOwn(repeated, path)
}

/**
 * What CMAP calls `section`, which is the one at `position` of those at `path`; `undefined`: it has no name of its own, or
 * lacks the key that would name it.
 */
export function nameOfSection(path: string, section: ConfSection, position: number): string | undefined {
  const namedBy = repeated[path]
  if (namedBy === undefined) return undefined
  if (namedBy === 'position') return String(position)
  return lastKey(section.entries, namedBy.key)?.value ?? namedBy.absent
}

/** The sections at `path` in `entries` that CMAP calls `name`. */
export function selectSections(entries: readonly ConfEntry[], path: string, name: string): ConfSection[] {
  const sections = sectionsNamed(entries, lastSegment(path))
  return sections.filter((section, position) => nameOfSection(path, section, position) === name)
}

/**
 * A new section at `path` that CMAP will call `name`, appended to `entries`.
 *
 * @throws {RangeError} nodes are named by position, and `name` is not the next one
 */
export function appendSelected(entries: ConfEntry[], path: string, name: string): ConfSection {
  const namedBy = repeated[path]
  const section: ConfSection = { type: 'section', name: lastSegment(path), entries: [] }
  const next = sectionsNamed(entries, section.name).length
  if (namedBy === 'position' && name !== String(next)) {
    throw new RangeError(`${path}.${name} cannot be added: the next free position is ${path}.${next}`)
  }
  if (typeof namedBy === 'object') section.entries.push({ type: 'key', key: namedBy.key, value: name })
  entries.push(section)
  return section
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}
