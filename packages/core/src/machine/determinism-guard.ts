// While a machine's functions run, whatever differs between replicas throws: clocks, randomness, timers, I/O. For
// development and tests. Everything is put back before the run's end, so nobody else ever sees it: reducers are
// synchronous. What a module took to itself earlier (`const { now } = Date`, `import { randomBytes }`) escapes.

import childProcess from 'node:child_process'
import nodeCrypto from 'node:crypto'
import dns from 'node:dns'
import fs from 'node:fs'
import { Socket } from 'node:net'
import os from 'node:os'
import { QuorateError } from '../errors.ts'

interface Trap {
  readonly holder: Record<string, unknown>
  readonly property: string
  readonly trapped: unknown
}

const time = 'use ctx.now, or give the time to the command as input'
const chance = 'use ctx.random() or ctx.id(), or give the value to the command as input'
const later = 'use ctx.schedule'
const outside = 'do it before submit, and give its outcome to the command as input'

/** The first violation of the current run: a reducer that catches the error is stopped all the same. */
let violation: QuorateError | null = null
let running = false
let traps: readonly Trap[] | null = null

/**
 * Runs `machine` with the traps set.
 *
 * @throws {QuorateError} `Nondeterministic`: it asked for something that differs between replicas
 */
export function runGuarded<T>(machine: () => T): T {
  if (running) return machine()
  running = true
  violation = null
  const originals = setTraps()
  try {
    const result = machine()
    if (violation !== null) throw violation
    return result
  } finally {
    removeTraps(originals)
    running = false
  }
}

/** What stood there is looked up each time: a test may have put clocks of its own in their places. */
function setTraps(): readonly unknown[] {
  traps ??= allTraps()
  return traps.map(({ holder, property, trapped }) => {
    const original = holder[property]
    holder[property] = trapped
    return original
  })
}

function removeTraps(originals: readonly unknown[]): void {
  for (const [place, { holder, property }] of (traps ?? []).entries()) holder[property] = originals[place]
}

function allTraps(): readonly Trap[] {
  return [
    dateTrap(),
    ...functionTraps(Date, 'Date', ['now'], time),
    ...functionTraps(performance, 'performance', ['now'], time),
    ...functionTraps(process, 'process', ['hrtime', 'uptime'], time),
    ...functionTraps(process.hrtime, 'process.hrtime', ['bigint'], time),
    ...functionTraps(Math, 'Math', ['random'], chance),
    ...functionTraps(crypto, 'crypto', ['getRandomValues', 'randomUUID'], chance),
    ...functionTraps(nodeCrypto, 'crypto', randomFunctions, chance),
    ...functionTraps(globalThis, '', ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'], later),
    ...functionTraps(process, 'process', ['nextTick'], later),
    ...functionTraps(globalThis, '', ['fetch'], outside),
    ...functionTraps(fs, 'fs', fileFunctions, outside),
    ...functionTraps(
      fs.promises,
      'fs.promises',
      ['open', 'readFile', 'writeFile', 'readdir', 'stat'],
      outside,
    ),
    ...functionTraps(
      childProcess,
      'child_process',
      ['spawn', 'spawnSync', 'exec', 'execSync', 'fork'],
      outside,
    ),
    ...functionTraps(Socket.prototype, 'socket', ['connect'], outside),
    ...functionTraps(dns, 'dns', ['lookup', 'resolve'], outside),
    ...functionTraps(os, 'os', ['hostname', 'networkInterfaces', 'freemem', 'loadavg'], outside),
  ]
}

const randomFunctions = [
  'randomBytes',
  'randomInt',
  'randomUUID',
  'randomFill',
  'randomFillSync',
  'getRandomValues',
]

const fileFunctions = [
  ...[
    'open',
    'readFile',
    'writeFile',
    'appendFile',
    'readdir',
    'stat',
    'createReadStream',
    'createWriteStream',
  ],
  ...['openSync', 'readFileSync', 'writeFileSync', 'appendFileSync', 'readdirSync', 'statSync', 'existsSync'],
]

function functionTraps(object: object, name: string, properties: readonly string[], instead: string): Trap[] {
  return properties.flatMap((property) => {
    const holder = holderOf(object, property)
    const original = holder && Object.getOwnPropertyDescriptor(holder, property)
    if (!holder || !original?.writable || typeof original.value !== 'function') return []
    const violated = () => violate(name === '' ? property : `${name}.${property}`, instead)
    // What stands on the function stays in reach, to say for itself what it is: process.hrtime.bigint.
    return [{ holder, property, trapped: new Proxy(original.value, { apply: violated }) }]
  })
}

/** `new Date(value)` stays; `new Date()` and `Date()` ask for the time. */
function dateTrap(): Trap {
  const trapped = new Proxy(Date, {
    construct(target, given, newTarget) {
      if (given.length === 0) violate('new Date()', time)
      return Reflect.construct(target, given, newTarget)
    },
    apply: () => violate('Date()', time),
  })
  return { holder: globalThis as unknown as Record<string, unknown>, property: 'Date', trapped }
}

/** The object in the prototype chain that a property belongs to. */
function holderOf(object: object, property: string): Record<string, unknown> | null {
  let holder: object | null = object
  while (holder !== null && !Object.hasOwn(holder, property)) holder = Object.getPrototypeOf(holder)
  return holder as Record<string, unknown> | null
}

function violate(call: string, instead: string): never {
  const error = new QuorateError(
    'Nondeterministic',
    `${call} in a reducer gives each replica something else, and they would diverge: ${instead}`,
  )
  violation ??= error
  throw error
}
