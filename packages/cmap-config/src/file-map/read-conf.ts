// A corosync.conf as the entries that a daemon makes of it. Left out: `uidgid` and `logging.logging_daemon`, whose keys
// depend on their contents and on the users of the machine, and the `member` of an interface, which is out of use.

import type { CmapEntry } from '../config-map.ts'
import { type ConfEntry, type ConfKey, type ConfSection, sectionsNamed } from '../corosync-conf/entries.ts'
import { CorosyncConfError } from '../corosync-conf/error.ts'
import { type ParsedConf, parseWithLines } from '../corosync-conf/parse.ts'
import { isRepeated, nameOfSection } from '../corosync-conf/selector.ts'
import { FileEntries } from './collect.ts'
import { corosyncIntegerType } from './corosync-types.ts'
import { ConfigFileError } from './error.ts'

const leftOut = new Set(['uidgid', 'logging.logging_daemon', 'totem.interface.member'])
const keyLengthMax = 255
/** Names its section, and is no key. */
const linkNumber = 'totem.interface.linknumber'

/**
 * The entries of `text`, which is the file at `path`.
 *
 * @throws {ConfigFileError} corosync would refuse it
 */
export function readConf(text: string, path: string): CmapEntry[] {
  const reader = new ConfReader(path, parse(text, path))
  return reader.found.all
}

/** Where in the file: the path of the sections without the names of repeated ones, and with them; each ends with a dot. */
interface Place {
  readonly kind: string
  readonly prefix: string
}

class ConfReader {
  readonly found: FileEntries
  readonly #path: string
  readonly #lines: ParsedConf['lines']

  constructor(path: string, { entries, lines }: ParsedConf) {
    this.found = new FileEntries(path)
    this.#path = path
    this.#lines = lines
    this.#read(entries, { kind: '', prefix: '' })
  }

  #read(entries: readonly ConfEntry[], place: Place): void {
    for (const entry of entries) {
      if (entry.type === 'key') this.#readKey(entry, place)
      if (entry.type === 'section')
        this.#readSection(entry, place, sectionsNamed(entries, entry.name).indexOf(entry))
    }
  }

  #readKey(entry: ConfKey, { kind, prefix }: Place): void {
    const [name, key, line] = [kind + entry.key, prefix + entry.key, this.#lineOf(entry)]
    const type = corosyncIntegerType(name)
    if (name === linkNumber) return
    if (type === undefined) this.found.set(key, 'string', entry.value, line)
    else if (/^[+-]?\d+$/.test(entry.value))
      this.found.set(key, type, BigInt(entry.value.replace('+', '')), line)
    else throw this.#fault(entry, `"${key}" is a whole number, and not "${entry.value}".`)
  }

  #readSection(section: ConfSection, { kind, prefix }: Place, position: number): void {
    const path = kind + section.name
    if (leftOut.has(path)) return
    const name = nameOfSection(path, section, position)
    if (name === undefined && isRepeated(path))
      throw this.#fault(section, `The section "${section.name}" lacks the key that names it: subsys.`)
    const below = `${prefix}${section.name}.`
    // Corosync says the same; and a file that goes ever deeper would use up the stack.
    if (below.length > keyLengthMax) throw this.#fault(section, 'No key in this section is short enough.')
    this.#read(section.entries, { kind: `${path}.`, prefix: name === undefined ? below : `${below}${name}.` })
  }

  #fault(entry: ConfEntry, problem: string): ConfigFileError {
    return new ConfigFileError(this.#path, this.#lineOf(entry), problem)
  }

  #lineOf(entry: ConfEntry): number {
    return this.#lines.get(entry) as number
  }
}

function parse(text: string, path: string): ParsedConf {
  try {
    return parseWithLines(text)
  } catch (error) {
    if (error instanceof CorosyncConfError) throw new ConfigFileError(path, error.line, error.problem, error)
    throw error
  }
}
