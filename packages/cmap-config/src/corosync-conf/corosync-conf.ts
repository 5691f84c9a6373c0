// A corosync.conf as data that keeps the order of the file, with access to its keys by the names that CMAP gives
// them (cmap_keys(7)): what is set here as totem.token is what corosync-cmapctl shows as totem.token.

import { type ConfEntry, type ConfSection, lastKey, sectionsNamed } from './entries.ts'
import { checkKeyValue } from './line.ts'
import { appendSelected, isRepeated, selectSections } from './selector.ts'

/** One step of a path: a section's full path without selectors, and the name CMAP adds to it where it repeats. */
interface Step {
  readonly path: string
  readonly name: string
  readonly selector: string | undefined
}

/**
 * The contents of a corosync.conf.
 *
 * Paths are CMAP's: `totem.token`, `quorum.device.model`, `nodelist.node.0.ring0_addr` (by position),
 * `totem.interface.0.mcastport` (by link number), `logging.logger_subsys.QUORUM.debug` (by subsystem).
 * `uidgid` and `logging.logging_daemon`, which CMAP names by their contents, have no path here: use `entries`.
 */
export class CorosyncConf {
  /** Everything in the file, in order; may be changed directly. */
  readonly entries: ConfEntry[]

  constructor(entries: ConfEntry[] = []) {
    this.entries = entries
  }

  /** The value at `path`, or `undefined`. Of several lines for one key, the last counts, as with corosync. */
  get(path: string): string | undefined {
    const { steps, key } = parsePath(path)
    return steps
      .reduce(descend, [this.entries])
      .map((entries) => lastKey(entries, key)?.value)
      .findLast((value) => value !== undefined)
  }

  /**
   * Sets the value at `path`, where it stands, or at the end of its section; missing sections are added.
   *
   * @throws {RangeError} the file format cannot hold the value, or a node's position leaves a gap
   */
  set(path: string, value: string | number): this {
    const { steps, key } = parsePath(path)
    checkKeyValue(key, String(value))
    const present = steps
      .reduce(descend, [this.entries])
      .map((entries) => lastKey(entries, key))
      .findLast((entry) => entry !== undefined)
    if (present !== undefined) present.value = String(value)
    else steps.reduce(descendOrAppend, this.entries).push({ type: 'key', key, value: String(value) })
    return this
  }

  /** Removes every line for the key at `path`; true when there was one. */
  delete(path: string): boolean {
    const { steps, key } = parsePath(path)
    const removed = steps.reduce(descend, [this.entries]).map((entries) => removeKey(entries, key))
    return removed.some((one) => one)
  }

  /** The sections at a path of section names, such as `nodelist.node`: all of them, in order. */
  sections(path: string): ConfSection[] {
    let level: ConfSection[] = [{ type: 'section', name: '', entries: this.entries }]
    for (const name of path.split('.')) level = level.flatMap(({ entries }) => sectionsNamed(entries, name))
    return level
  }
}

function parsePath(path: string): { steps: Step[]; key: string } {
  const names = path.split('.')
  const key = names.pop() ?? ''
  const steps: Step[] = []
  while (names.length > 0) {
    const name = names.shift() ?? ''
    const before = steps.at(-1)?.path
    const sectionPath = before === undefined ? name : `${before}.${name}`
    steps.push({ path: sectionPath, name, selector: isRepeated(sectionPath) ? names.shift() : undefined })
  }
  return { steps, key }
}

function descend(level: ConfEntry[][], { path, name, selector }: Step): ConfEntry[][] {
  const matching = (entries: ConfEntry[]): ConfSection[] =>
    selector === undefined ? sectionsNamed(entries, name) : selectSections(entries, path, selector)
  return level.flatMap((entries) => matching(entries).map((section) => section.entries))
}

function descendOrAppend(entries: ConfEntry[], step: Step): ConfEntry[] {
  const present = descend([entries], step).at(-1)
  if (present !== undefined) return present
  if (step.selector !== undefined) return appendSelected(entries, step.path, step.selector).entries
  const section: ConfSection = { type: 'section', name: step.name, entries: [] }
  entries.push(section)
  return section.entries
}

function removeKey(entries: ConfEntry[], key: string): boolean {
  const kept = entries.filter((entry) => entry.type !== 'key' || entry.key !== key)
  return entries.splice(0, entries.length, ...kept).length > kept.length
}
