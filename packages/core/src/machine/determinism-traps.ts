// What a machine must not ask for, and what to use instead: clocks, randomness, timers, I/O, the node's time zone and
// locale. Not each function that there is, but those that are in use: each costs every entry its time. The console is
// not among them: it says something and tells the machine nothing.

import childProcess from 'node:child_process'
import nodeCrypto from 'node:crypto'
import dns from 'node:dns'
import fs from 'node:fs'
import { Socket } from 'node:net'
import os from 'node:os'

/** Stands in the place of a property while a machine runs. */
export interface Trap {
  readonly holder: Record<string, unknown>
  readonly property: string
  readonly trapped: unknown
}

/** What traps do. */
export interface Snap {
  violate(call: string, instead: string): never
  /** Runs what is harmless without traps. */
  lifted<T>(harmless: () => T): T
}

const time = 'use ctx.now, or give the time to the command as input'
const chance = 'use ctx.random() or ctx.id(), or give the value to the command as input'
const later = 'use ctx.schedule'
const outside = 'do it before submit, and give its outcome to the command as input'
const zone =
  "it goes by the node's time zone: use getTime, toISOString and the functions with UTC in their names"
const locale = "it goes by the node's locale: compare with < and >, format where the state is shown"

type Forbidden = readonly [object: object, name: string, properties: readonly string[], instead: string]

const forbidden: readonly Forbidden[] = [
  [Date, 'Date', ['now'], time],
  [performance, 'performance', ['now'], time],
  [process, 'process', ['hrtime', 'uptime', 'cpuUsage', 'memoryUsage', 'resourceUsage'], time],
  [process.hrtime, 'process.hrtime', ['bigint'], time],
  [Math, 'Math', ['random'], chance],
  [crypto, 'crypto', ['getRandomValues', 'randomUUID'], chance],
  [nodeCrypto, 'crypto', ['randomBytes', 'randomInt', 'randomUUID', 'randomFill', 'randomFillSync'], chance],
  [nodeCrypto, 'crypto', ['getRandomValues'], chance],
  [globalThis, '', ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'], later],
  [process, 'process', ['nextTick'], later],
  [AbortSignal, 'AbortSignal', ['timeout'], later],
  [globalThis, '', ['fetch'], outside],
  [fs, 'fs', ['open', 'readFile', 'writeFile', 'appendFile', 'readdir', 'stat'], outside],
  [fs, 'fs', ['createReadStream', 'createWriteStream'], outside],
  [fs, 'fs', ['openSync', 'readFileSync', 'writeFileSync', 'appendFileSync', 'readdirSync'], outside],
  [fs, 'fs', ['statSync', 'existsSync'], outside],
  [fs.promises, 'fs.promises', ['open', 'readFile', 'writeFile', 'readdir', 'stat'], outside],
  [childProcess, 'child_process', ['spawn', 'spawnSync', 'exec', 'execSync', 'fork'], outside],
  [Socket.prototype, 'socket', ['connect'], outside],
  [dns, 'dns', ['lookup', 'resolve'], outside],
  [os, 'os', ['hostname', 'networkInterfaces', 'freemem', 'loadavg'], outside],
  [Date.prototype, 'date', ['getFullYear', 'getMonth', 'getDate', 'getDay', 'getHours', 'toString'], zone],
  [Date.prototype, 'date', ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'], locale],
  [String.prototype, 'string', ['localeCompare'], locale],
  [Number.prototype, 'number', ['toLocaleString'], locale],
  [Intl, 'Intl', ['Collator', 'DateTimeFormat', 'NumberFormat'], locale],
]

export function makeTraps(snap: Snap): Trap[] {
  return [
    dateTrap(snap),
    ...forbidden.flatMap((each) => functionTraps(each, snap)),
    ...spoken.map((property) => consoleTrap(property, snap)),
  ]
}

function functionTraps([object, name, properties, instead]: Forbidden, { violate }: Snap): Trap[] {
  return properties.flatMap((property) => {
    const holder = holderOf(object, property)
    const original = holder && Object.getOwnPropertyDescriptor(holder, property)
    if (!holder || !original?.writable || typeof original.value !== 'function') return []
    const violated = () => violate(name === '' ? property : `${name}.${property}`, instead)
    // What stands on the function stays in reach, to say for itself what it is: process.hrtime.bigint.
    const trapped = new Proxy(original.value, { apply: violated, construct: violated })
    return [{ holder, property, trapped }]
  })
}

/** `new Date(value)` stays; `new Date()` and `Date()` ask for the time, a year and a month for the time zone. */
function dateTrap({ violate }: Snap): Trap {
  const trapped = new Proxy(Date, {
    construct(target, given, newTarget) {
      if (given.length === 0) violate('new Date()', time)
      if (given.length > 1) violate('new Date(year, month, …)', `${zone}, as Date.UTC`)
      return Reflect.construct(target, given, newTarget)
    },
    apply: () => violate('Date()', time),
  })
  return { holder: globalThis as unknown as Record<string, unknown>, property: 'Date', trapped }
}

const spoken = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table'] as const

/** Its streams write by process.nextTick, where they lead into a pipe. */
function consoleTrap(property: (typeof spoken)[number], { lifted }: Snap): Trap {
  const holder = console as unknown as Record<string, unknown>
  const say = (...what: readonly unknown[]): unknown =>
    lifted(() => (holder[property] as (...given: readonly unknown[]) => unknown)(...what))
  return { holder, property, trapped: say }
}

/** The object in the prototype chain that a property belongs to. */
function holderOf(object: object, property: string): Record<string, unknown> | null {
  let holder: object | null = object
  while (holder !== null && !Object.hasOwn(holder, property)) holder = Object.getPrototypeOf(holder)
  return holder as Record<string, unknown> | null
}
