// What of node's modules a machine must not call: whole modules, by what they export. There are hundreds of functions,
// too many to trap and free for each entry, so these traps stand from the first guarded run on and look whether a
// machine runs; for all others they pass the call on. That they stand is also what lets them reach functions that
// modules have imported by name.

import { chance, later, outside, spoken, synchronous, time } from './determinism-advice.ts'

/** Throws when a machine is running. */
export type Forbid = (call: string, instead: string) => void

type Holder = Record<string, unknown>
type Walked = readonly [module: string, instead: string, which?: RegExp]

/** No classes: a program may compare them. What their objects do is below. */
const functions = /^[a-z_]/

const walked: readonly Walked[] = [
  ['fs', outside],
  ['fs/promises', outside],
  ['child_process', outside],
  ['cluster', outside],
  ['dgram', outside],
  ['dns', outside],
  ['dns/promises', outside],
  ['http', outside, /^(?!validate)[a-z_]/],
  ['http2', outside],
  ['https', outside],
  ['net', outside, /^(?!isIP)[a-z_]/],
  ['os', outside],
  ['readline', outside],
  ['tls', outside],
  ['worker_threads', outside, /^([a-z_]|Worker$|BroadcastChannel$)/],
  ['timers', later, /^set/],
  ['timers/promises', later, /^set/],
  ['crypto', chance, /^(random|pseudoRandom|prng$|rng$|generate|publicEncrypt$)/],
  ['crypto', synchronous, /^(pbkdf2|scrypt|hkdf|checkPrime)$/],
  ['zlib', synchronous, /^(?!create|crc32)[a-z]\w*(?<!Sync)$/],
]

/** What objects do that were made before. Their names are not known, so these say what kind they are of. */
const methods: readonly (readonly [module: string, type: string, which: RegExp])[] = [
  ['net', 'Socket', /^connect$/],
  ['net', 'Server', /^listen$/],
  ['dgram', 'Socket', /^(bind|connect|send)$/],
  ['stream', 'Writable', /^(write|end)$/],
  ['stream', 'Duplex', /^(write|end)$/],
]

const readings: readonly (readonly [holder: object, name: string, properties: RegExp, instead: string])[] = [
  [process, 'process', /^p?pid$/, `${outside}; ctx.origin says who submitted`],
  [process, 'process', /^std(out|err)$/, spoken],
  [process, 'process', /^stdin$/, outside],
  [Object.getPrototypeOf(performance), 'performance', /^(timeOrigin|nodeTiming)$/, time],
]

export function setModuleTraps(forbid: Forbid): void {
  for (const [module, instead, which = functions] of walked) {
    const name = module.replace('/', '.')
    for (const property of configurable(exportsOf(module), which))
      trapFunction(exportsOf(module), property, () => forbid(`${name}.${property}`, instead))
  }
  for (const [module, type, which] of methods) {
    const { prototype } = exportsOf(module)[type] as { readonly prototype: Holder }
    for (const property of configurable(prototype, which))
      trapFunction(prototype, property, () => forbid(`${type.toLowerCase()}.${property}`, outside))
  }
  for (const [holder, name, which, instead] of readings)
    for (const property of configurable(holder, which))
      trapReading(holder, property, () => forbid(`${name}.${property}`, instead))
  const { syncBuiltinESMExports } = process.getBuiltinModule('node:module')
  syncBuiltinESMExports()
}

/** A module that nobody has loaded is loaded: a machine may ask for it. What this build of node is without has none. */
function exportsOf(module: string): Holder {
  return (process.getBuiltinModule(module) ?? {}) as Holder
}

function configurable(holder: object, which: RegExp): string[] {
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(holder))
  return descriptors.flatMap(([property, { configurable }]) =>
    configurable && which.test(property) ? [property] : [],
  )
}

function trapFunction(holder: Holder, property: string, forbid: () => void): void {
  const original = holder[property]
  if (typeof original !== 'function') return
  const value: unknown = new Proxy(original, {
    apply(target, self, given) {
      forbid()
      return Reflect.apply(target as () => unknown, self, given)
    },
    construct(target, given, newTarget) {
      forbid()
      return Reflect.construct(target, given, newTarget === value ? target : newTarget)
    },
  })
  const enumerable = Object.prototype.propertyIsEnumerable.call(holder, property)
  Object.defineProperty(holder, property, { value, enumerable, writable: true, configurable: true })
}

function trapReading(holder: object, property: string, forbid: () => void): void {
  const original = Object.getOwnPropertyDescriptor(holder, property) as PropertyDescriptor
  const { get = () => original.value, set = () => {}, enumerable = true } = original
  const reading = function (this: unknown): unknown {
    forbid()
    return Reflect.apply(get, this, [])
  }
  Object.defineProperty(holder, property, { get: reading, set, enumerable, configurable: true })
}
