// Reads a corosync.conf as corosync's own parser does (parse_section in exec/coroparse.c): line by line, `{` is
// looked for before `:`, and `:` before `}`, wherever they stand in the line. What corosync refuses is refused.

import { CorosyncConf } from './corosync-conf.ts'
import type { ConfEntry, ConfKey, ConfSection } from './entries.ts'
import { CorosyncConfError } from './error.ts'
import { lineBytesMax } from './line.ts'

/** A section whose closing brace has not come yet. */
interface OpenSection {
  readonly section: ConfSection
  readonly line: number
}

/**
 * Reads the text of a corosync.conf.
 *
 * @throws {CorosyncConfError} the text is none; names the line and what is wrong with it
 */
export function parseCorosyncConf(text: string): CorosyncConf {
  return new CorosyncConf(parseWithLines(text).entries)
}

/** What stands in the text of a corosync.conf, and where. */
export interface ParsedConf {
  readonly entries: ConfEntry[]
  /** Counted from 1; of a section, the first. */
  readonly lines: ReadonlyMap<ConfEntry, number>
}

/** As `parseCorosyncConf`, with the lines. */
export function parseWithLines(text: string): ParsedConf {
  const entries: ConfEntry[] = []
  const lines = new Map<ConfEntry, number>()
  const open: OpenSection[] = []
  text.split('\n').forEach((raw, index) => {
    const found = readLine(raw.replace(/\r$/, ''), index + 1, entries, open)
    if (found !== undefined) lines.set(found, index + 1)
  })
  const unclosed = open.at(-1)
  if (unclosed !== undefined) {
    throw new CorosyncConfError(
      unclosed.line,
      `The section "${unclosed.section.name}" is never closed; add "}".`,
    )
  }
  return { entries, lines }
}

/** Reads one line; what it puts into the file's entries or those of the open section, if anything. */
function readLine(raw: string, line: number, top: ConfEntry[], open: OpenSection[]): ConfEntry | undefined {
  if (Buffer.byteLength(raw) > lineBytesMax) {
    throw new CorosyncConfError(
      line,
      `The line is longer than the ${lineBytesMax} bytes that corosync reads.`,
    )
  }
  const content = trim(raw)
  if (content === '') return undefined
  const entries = open.at(-1)?.section.entries ?? top
  const entry = readEntry(content, line, open)
  if (entry !== undefined) entries.push(entry)
  return entry
}

function readEntry(content: string, line: number, open: OpenSection[]): ConfEntry | undefined {
  if (content.startsWith('#')) return { type: 'comment', text: trim(content.slice(1)) }
  if (content.includes('{')) return openSection(content, line, open)
  if (content.includes(':')) return readKey(content, line)
  if (content.includes('}')) return closeSection(content, line, open)
  throw new CorosyncConfError(line, `"${content}" is no "key: value", no "section {" and no "}".`)
}

function openSection(content: string, line: number, open: OpenSection[]): ConfSection {
  const brace = content.indexOf('{')
  const name = trim(content.slice(0, brace)).replace(/[ \t:{]+$/, '')
  const rest = trim(content.slice(brace + 1))
  if (name === '') throw new CorosyncConfError(line, 'There is no section name before "{".')
  if (rest !== '')
    throw new CorosyncConfError(line, `"${rest}" follows "{"; it must stand on a line of its own.`)
  const section: ConfSection = { type: 'section', name, entries: [] }
  open.push({ section, line })
  return section
}

function closeSection(content: string, line: number, open: OpenSection[]): undefined {
  if (content !== '}') throw new CorosyncConfError(line, `"}" must stand on a line of its own: "${content}".`)
  if (open.pop() === undefined) throw new CorosyncConfError(line, 'There is no open section for this "}".')
}

function readKey(content: string, line: number): ConfKey {
  const colon = content.indexOf(':')
  const key = trim(content.slice(0, colon))
  if (key === '') throw new CorosyncConfError(line, 'There is no key before ":".')
  return { type: 'key', key, value: trim(content.slice(colon + 1)) }
}

/** Corosync takes spaces and tabs for white space and nothing else. */
function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}
