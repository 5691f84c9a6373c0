// While a machine's functions run, whatever differs between replicas throws. For development and tests. The traps of
// determinism-traps.ts are put back before the run's end, so nobody else ever sees them: reducers are synchronous. Those
// of module-traps.ts stay, and let all others pass. What a module took to itself earlier (`const { now } = Date`)
// escapes, and so does process.env, which libraries ask for their mode. So do promises: a trap on `then` would also meet
// those that the engine calls after the reducer, for others.

import { QuorateError } from '../errors.ts'
import { makeTraps, type Trap } from './determinism-traps.ts'
import { setModuleTraps } from './module-traps.ts'

/** The first violation of the current run: a reducer that catches the error is stopped all the same. */
let violation: QuorateError | null = null
let running = false
/** Without what is lifted. */
let armed = false
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
  arm()
  try {
    const result = machine()
    if (violation !== null) throw violation
    return result
  } finally {
    disarm()
    running = false
  }
}

/** Whether a machine's functions are running now, guarded. */
export function isGuarded(): boolean {
  return running
}

/**
 * For calls of the project's own that a machine must not make.
 *
 * @throws {QuorateError} `Nondeterministic`: a guarded machine makes it
 */
export function forbidInMachine(call: string, instead: string): void {
  if (running) violate(call, instead)
}

function arm(): void {
  traps ??= makeAllTraps()
  for (const trap of traps) trap.set()
  armed = true
}

function disarm(): void {
  armed = false
  for (const trap of traps ?? []) trap.remove()
}

function makeAllTraps(): Trap[] {
  setModuleTraps((call, instead) => {
    if (armed) violate(call, instead)
  })
  return makeTraps({ violate, lifted })
}

/** Runs what differs between replicas and changes nothing for the machine. */
function lifted<T>(harmless: () => T): T {
  disarm()
  try {
    return harmless()
  } finally {
    arm()
  }
}

function violate(call: string, instead: string): never {
  const error = new QuorateError(
    'Nondeterministic',
    `${call} in a reducer (or another function of the machine) gives each replica something else, and they would ` +
      `diverge: ${instead}`,
  )
  violation ??= error
  throw error
}
