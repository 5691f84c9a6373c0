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
  const entries: ConfEntry[] = []
  const open: OpenSection[] = []
  text.split('\n').forEach((raw, index) => {
    readLine(raw.replace(/\r$/, ''), index + 1, entries, open)
  })
  const unclosed = open.at(-1)
  if (unclosed !== undefined) {
    throw new CorosyncConfError(
      unclosed.line,
      `The section "${unclosed.section.name}" is never closed; add "}".`,
    )
  }
  return new CorosyncConf(entries)
}

function readLine(raw: string, line: number, top: ConfEntry[], open: OpenSection[]): void {
  if (Buffer.byteLength(raw) > lineBytesMax) {
    throw new CorosyncConfError(
      line,
      `The line is longer than the ${lineBytesMax} bytes that corosync reads.`,
    )
  }
  const content = trim(raw)
  const entries = open.at(-1)?.section.entries ?? top
  if (content === '') return
  if (content.startsWith('#')) entries.push({ type: 'comment', text: trim(content.slice(1)) })
  else if (content.includes('{')) openSection(content, line, entries, open)
  else if (content.includes(':')) entries.push(readKey(content, line))
  else if (content.includes('}')) closeSection(content, line, open)
  else throw new CorosyncConfError(line, `"${content}" is no "key: value", no "section {" and no "}".`)
}

function openSection(content: string, line: number, entries: ConfEntry[], open: OpenSection[]): void {
  const brace = content.indexOf('{')
  const name = trim(content.slice(0, brace)).replace(/[ \t:{]+$/, '')
  const rest = trim(content.slice(brace + 1))
  if (name === '') throw new CorosyncConfError(line, 'There is no section name before "{".')
  if (rest !== '')
    throw new CorosyncConfError(line, `"${rest}" follows "{"; it must stand on a line of its own.`)
  const section: ConfSection = { type: 'section', name, entries: [] }
  entries.push(section)
  open.push({ section, line })
}

function closeSection(content: string, line: number, open: OpenSection[]): void {
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
