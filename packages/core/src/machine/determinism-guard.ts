// While a machine's functions run, whatever differs between replicas throws (determinism-traps.ts has the list). For
// development and tests. Everything is put back before the run's end, so nobody else ever sees it: reducers are
// synchronous. What a module took to itself earlier (`const { now } = Date`, `import { randomBytes }`) escapes, and so
// does process.env, which libraries ask for their mode.

import { QuorateError } from '../errors.ts'
import { makeTraps, type Trap } from './determinism-traps.ts'

/** The first violation of the current run: a reducer that catches the error is stopped all the same. */
let violation: QuorateError | null = null
let running = false
let traps: readonly Trap[] = []
/** What stood where the traps stand; looked up each time: a test may have put clocks of its own there. */
const originals: unknown[] = []

/**
 * Runs `machine` with the traps set.
 *
 * @throws {QuorateError} `Nondeterministic`: it asked for something that differs between replicas
 */
export function runGuarded<T>(machine: () => T): T {
  if (running) return machine()
  running = true
  violation = null
  setTraps()
  try {
    const result = machine()
    if (violation !== null) throw violation
    return result
  } finally {
    removeTraps()
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

function setTraps(): void {
  if (traps.length === 0) traps = makeTraps({ violate, lifted })
  for (const [place, { holder, property, trapped }] of traps.entries()) {
    originals[place] = holder[property]
    holder[property] = trapped
  }
}

function removeTraps(): void {
  for (const [place, { holder, property }] of traps.entries()) holder[property] = originals[place]
}

/** Runs what differs between replicas and changes nothing for the machine. */
function lifted<T>(harmless: () => T): T {
  removeTraps()
  try {
    return harmless()
  } finally {
    setTraps()
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
