// A fingerprint of a frozen value, 53 bits: equal for values that encode equally, on every machine. What is frozen never
// changes, so the fingerprint of a large part is kept as long as the part is: the next state shares most of its parts
// with this one, and only what is new is gone over. A table keeps a hash of its entries itself.

import { digestOf, join53, mix } from '../digest.ts'
import { keptOf, Table } from './table/table.ts'

/** From this many values and characters on, it is cheaper to remember than to look again. */
const keptFrom = 64

/** From this length on, the call into native code is cheaper. */
const digestedFrom = 256

const kept = new WeakMap<object, number>()
const double = new Float64Array(1)
const halves = new Uint32Array(double.buffer)

let low = 0
let high = 0
/** Values and characters gone over so far. */
let seen = 0
/** Of them, those that can be changed in place: what holds one is never kept. */
let changeable = 0

/** @param value as `encode` takes it */
export function fingerprintOf(value: unknown): number {
  begin('r')
  add(value)
  return finished()
}

/** The kind keeps apart what holds the same. */
function begin(kind: string): void {
  low = 0x9e3779b9
  high = 0x85ebca6b
  addWord(kind.charCodeAt(0))
}

function addWord(word: number): void {
  low = Math.imul(low ^ word, 0x9e3779b1)
  high = Math.imul(high ^ word, 0x5f356495)
  low ^= low >>> 15
  high ^= high >>> 13
}

function finished(): number {
  return join53(mix(high ^ low), mix(low + Math.imul(high, 5)))
}

function add(value: unknown): void {
  seen += 1
  if (typeof value === 'number') addNumber(value)
  else if (typeof value === 'string') addText('s', value)
  else if (typeof value === 'object' && value !== null) addNumber(ofObject(value))
  else addText(typeof value, String(value))
}

function addNumber(value: number): void {
  double[0] = Number.isNaN(value) ? Number.NaN : value
  addWord(halves[0] as number)
  addWord(halves[1] as number)
}

function addText(kind: string, text: string): void {
  seen += text.length
  addWord(kind.charCodeAt(0))
  addWord(text.length)
  if (text.length >= digestedFrom) addNumber(digestOf(text))
  else for (let at = 0; at < text.length; at++) addWord(text.charCodeAt(at))
}

/** Leaves what is under way as it was. */
function ofObject(value: object): number {
  const known = kept.get(value)
  if (known !== undefined) return known
  const [lowBefore, highBefore, seenBefore, changeableBefore] = [low, high, seen, changeable]
  addObject(value)
  const fingerprint = finished()
  low = lowBefore
  high = highBefore
  const isWorthIt = seen - seenBefore >= keptFrom && changeable === changeableBefore
  if (isWorthIt && Object.isFrozen(value)) kept.set(value, fingerprint)
  return fingerprint
}

function addObject(value: object): void {
  if (Array.isArray(value)) addItems('a', value.length, value)
  else if (value instanceof Map) addMap(value)
  else if (value instanceof Set) addItems('e', value.size, value)
  else if (value instanceof Uint8Array) addChangeable('b', digestOf(value))
  else if (value instanceof Date) addChangeable('d', value.getTime())
  else if (value instanceof Table) addTable(value)
  else addPlainObject(value)
}

function addItems(kind: string, length: number, items: Iterable<unknown>): void {
  begin(kind)
  addWord(length)
  for (const item of items) add(item)
}

function addMap(value: ReadonlyMap<unknown, unknown>): void {
  begin('m')
  for (const [key, item] of value) {
    add(key)
    add(item)
  }
}

function addChangeable(kind: string, content: number): void {
  begin(kind)
  addNumber(content)
  changeable += 1
}

function addTable(table: Table<unknown>): void {
  const { size, low: lowLane, high: highLane } = keptOf(table).entries
  begin('t')
  for (const content of [size, lowLane, highLane]) addNumber(content)
  changeable += 1
}

function addPlainObject(value: object): void {
  begin(Object.getPrototypeOf(value) === null ? 'n' : 'o')
  for (const key of Object.keys(value)) {
    addText('k', key)
    add((value as Record<string, unknown>)[key])
  }
}
