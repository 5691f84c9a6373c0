// A JSON file as entries: nested objects become dotted keys, arrays keys by position. JSON knows fewer types than CMAP:
//   a whole number is what corosync makes of it in its own keys (`totem.config_version`: uint64), else the first that
//   holds it of uint32, int64 and uint64;
//   another number is a double; a string is a string; true and false are the strings yes and no, as in corosync.conf.
//
// jsonc-parser, and not JSON.parse: that one says no line, and cuts numbers that are longer than 53 bits.

import jsonc, { type Node, type ParseError } from 'jsonc-parser'
import type { CmapEntry } from '../config-map.ts'
import { FileEntries } from './collect.ts'
import { corosyncIntegerType, type IntegerType } from './corosync-types.ts'
import { ConfigFileError } from './error.ts'

/**
 * The entries of `text`, which is the file at `path`.
 *
 * @throws {ConfigFileError} it is no JSON object, or holds what no map could
 */
export function readJson(text: string, path: string): CmapEntry[] {
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length
  const fail = (offset: number, problem: string): never => {
    throw new ConfigFileError(path, lineAt(offset), problem)
  }
  const tooDeep = tooDeepAt(text)
  if (tooDeep !== undefined) fail(tooDeep, `This is below ${levelsMax} others: no key is that long.`)
  const errors: ParseError[] = []
  const root = jsonc.parseTree(text, errors, { disallowComments: true })
  const [error] = errors
  if (error !== undefined) fail(error.offset, `This is no JSON: ${problemOf(error)}.`)
  if (root?.type !== 'object') return fail(0, 'The outermost must be an object: { "group": { "key": 1 } }.')

  const found = new FileEntries(path)
  for (const [key, node] of leaves(root, '')) {
    if (found.has(key)) fail(node.offset, `"${key}" stands here for the second time: remove one of them.`)
    if (node.value === Number.POSITIVE_INFINITY || node.value === Number.NEGATIVE_INFINITY)
      fail(node.offset, `"${key}" is larger than a double can be.`)
    if (node.type === 'null') fail(node.offset, `"${key}" is null, which is no value: leave the key out.`)
    addLeaf(found, key, node, { raw: text.substr(node.offset, node.length), line: lineAt(node.offset) })
  }
  return found.all
}

/** The names of a key of 255 characters, with the dots between. */
const levelsMax = 128

/** The first value that no key leads to. Looked for before the parser, which would use up the stack. */
function tooDeepAt(text: string): number | undefined {
  const scanner = jsonc.createScanner(text, true)
  let level = 0
  while (scanner.getPosition() < text.length) {
    scanner.scan()
    const first = text[scanner.getTokenOffset()] ?? ' '
    if ('{['.includes(first)) level += 1
    if ('}]'.includes(first)) level -= 1
    if (level > levelsMax) return scanner.getTokenOffset()
  }
  return undefined
}

/** The values that are neither object nor array, with their keys. */
function* leaves(node: Node, key: string): Generator<[key: string, node: Node]> {
  const children = node.children ?? []
  if (node.type === 'object') {
    for (const { children: [name, value] = [] } of children)
      if (name !== undefined && value !== undefined) yield* leaves(value, join(key, name.value))
  } else if (node.type === 'array') {
    for (const [position, value] of children.entries()) yield* leaves(value, join(key, `${position}`))
  } else yield [key, node]
}

function join(key: string, segment: string): string {
  return key === '' ? segment : `${key}.${segment}`
}

/** Where a value stands, and as what. */
interface Source {
  readonly raw: string
  readonly line: number
}

function addLeaf(found: FileEntries, key: string, { type, value }: Node, { raw, line }: Source): void {
  if (type === 'string') found.set(key, 'string', value, line)
  else if (type === 'boolean') found.set(key, 'string', value ? 'yes' : 'no', line)
  else if (/^-?\d+$/.test(raw)) found.set(key, integerType(key, BigInt(raw)), BigInt(raw), line)
  else found.set(key, 'double', value, line)
}

function integerType(key: string, value: bigint): IntegerType {
  const known = corosyncIntegerType(key.replace(/^(nodelist\.node|totem\.interface)\.\d+/, '$1'))
  if (known !== undefined) return known
  if (value >= 0n && value < 2n ** 32n) return 'uint32'
  return value < 2n ** 63n ? 'int64' : 'uint64'
}

/** "Comma expected", of jsonc-parser's CommaExpected. */
function problemOf({ error }: ParseError): string {
  return jsonc.printParseErrorCode(error).replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
