// What belongs to the language and to all programs (Date, Math, Intl, process, the global functions) and must not be
// asked for by a machine: a trap takes its place while the machine runs, and nobody else ever meets it. What belongs to
// node's modules is module-traps.ts's. The console is not among them: it says something and tells the machine nothing.

import { chance, later, locale, outside, time, zone, zoneless } from './determinism-advice.ts'

/** Stands in the place of a property while a machine runs. */
export interface Trap {
  set(): void
  remove(): void
}

/** What traps do. */
export interface Snap {
  violate(call: string, instead: string): never
  /** Runs what is harmless without traps. */
  lifted<T>(harmless: () => T): T
}

type Holder = Record<string, unknown>
type AnyFunction = (...given: readonly unknown[]) => unknown
type Forbidden = readonly [
  object: object,
  name: string,
  properties: readonly string[] | RegExp,
  instead: string,
]

const forbidden: readonly Forbidden[] = [
  [Date, 'Date', ['now'], time],
  [performance, 'performance', ['now', 'mark', 'measure', 'toJSON', 'eventLoopUtilization'], time],
  [process, 'process', ['hrtime', 'uptime', 'cpuUsage', 'memoryUsage', 'resourceUsage'], time],
  [process.hrtime, 'process.hrtime', ['bigint'], time],
  [Math, 'Math', ['random'], chance],
  [crypto, 'crypto', ['getRandomValues', 'randomUUID'], chance],
  [globalThis, '', ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'], later],
  [process, 'process', ['nextTick'], later],
  [AbortSignal, 'AbortSignal', ['timeout'], later],
  [globalThis, '', ['fetch'], outside],
  [Date.prototype, 'date', /^(get|set)(?!UTC|Time$)|^to(Date|Time)?String$/, zone],
  [Date.prototype, 'date', /Locale/, locale],
  [String.prototype, 'string', /locale/i, locale],
  [Number.prototype, 'number', /Locale/, locale],
  [BigInt.prototype, 'bigint', /Locale/, locale],
  [Intl, 'Intl', /^[A-Z](?!ocale$)/, locale],
]

export function makeTraps(snap: Snap): Trap[] {
  return [
    ...dateTraps(snap),
    ...forbidden.flatMap((each) => functionTraps(each, snap)),
    ...saying.map((property) => harmlessTrap(console, property, snap)),
    // Node itself warns, of what is deprecated, say, and does so by process.nextTick.
    harmlessTrap(process, 'emitWarning', snap),
  ]
}

function functionTraps([object, name, which, instead]: Forbidden, { violate }: Snap): Trap[] {
  const properties =
    which instanceof RegExp
      ? Object.getOwnPropertyNames(object).filter((property) => which.test(property))
      : which
  return properties.flatMap((property) => {
    const holder = holderOf(object, property)
    const original = holder && Object.getOwnPropertyDescriptor(holder, property)
    if (!holder || !original?.writable || typeof original.value !== 'function') return []
    const violated = () => violate(name === '' ? property : `${name}.${property}`, instead)
    // What stands on the function stays in reach, to say for itself what it is: process.hrtime.bigint.
    return [swapped(holder, property, new Proxy(original.value, { apply: violated, construct: violated }))]
  })
}

/** `new Date(value)` stays; `new Date()` and `Date()` ask for the time, a year and a month for the time zone. */
function dateTraps({ violate }: Snap): Trap[] {
  const trapped = new Proxy(Date, {
    construct(target, given, newTarget) {
      if (given.length === 0) violate('new Date()', time)
      if (given.length > 1) violate('new Date(year, month, …)', `${zone}, as Date.UTC`)
      if (isZoneless(given[0])) violate(`new Date('${given[0]}')`, zoneless)
      return Reflect.construct(target, given, newTarget)
    },
    apply: () => violate('Date()', time),
  })
  const parse = (text: string): number =>
    isZoneless(text) ? violate(`Date.parse('${text}')`, zoneless) : parseDate(text)
  return [swapped(globalThis as unknown as Holder, 'Date', trapped), swapped(holding(Date), 'parse', parse)]
}

const parseDate = Date.parse
const dayAlone = /^\s*([+-]\d\d)?\d{4}(-\d\d){0,2}\s*$/
const zoned = /(Z|UTC?|GMT|[ECMP][SD]T|:\d\d(\.\d+)?\s*(UTC|GMT)?[+-]\d\d:?(\d\d)?)\s*(\(.*\)\s*)?$/i

/** Whether it is the text of a date and names no time zone. A day alone, in ISO's form, is in UTC. */
function isZoneless(text: unknown): boolean {
  return (
    typeof text === 'string' && !dayAlone.test(text) && !zoned.test(text) && !Number.isNaN(parseDate(text))
  )
}

const saying = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'dirxml', 'table'] as const

/** What says something may take its time for it: streams write by process.nextTick, where they lead into a pipe. */
function harmlessTrap(object: object, property: string, { lifted }: Snap): Trap {
  const holder = holding(object)
  const say: AnyFunction = (...what) =>
    lifted(() => Reflect.apply(holder[property] as AnyFunction, object, what))
  return swapped(holder, property, say)
}

/** What stood in the place is looked up each time: a test may have put clocks of its own there. */
function swapped(holder: Holder, property: string, trapped: unknown): Trap {
  let original: unknown
  return {
    set() {
      original = holder[property]
      holder[property] = trapped
    },
    remove() {
      holder[property] = original
    },
  }
}

/** The object in the prototype chain that a property belongs to. */
function holderOf(object: object, property: string): Holder | null {
  let holder: object | null = object
  while (holder !== null && !Object.hasOwn(holder, property)) holder = Object.getPrototypeOf(holder)
  return holder as Holder | null
}

function holding(object: object): Holder {
  return object as Holder
}
