// What must hold whatever is asked for, in whatever order: drawn by chance, on one state.
// QUORATE_LOCK_RUNS=5000 plays more.

import { Rejection } from '@quorate/core'
import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { assertOrderly } from './invariants.test-support.ts'
import { ask, exclusive, permits, type Stage, shared, stageOf } from './stage.test-support.ts'
import type { Want } from './state.ts'

const test = suite('the order of locks')

const runs = Number(process.env['QUORATE_LOCK_RUNS'] ?? 60)
const steps = 120
const sessions = ['a', 'b', 'c', 'd', 'e']
const names = ['w', 'x', 'y']

/** Numbers that a seed determines: a linear congruence (Knuth, The Art of Computer Programming, volume 2, 3.3.4). */
class Draw {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * limit)
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }
}

function wantOf(draw: Draw, lock: string): Want {
  if (lock === 'w') return permits(lock, 1 + draw.below(2), 2)
  return draw.below(3) === 0 ? shared(lock) : exclusive(lock)
}

/** Each as often as it is named. */
const acts: readonly ((stage: Stage, draw: Draw, session: string, id: string) => unknown)[] = [
  (stage, _, session) => stage.submit.closeSession(session),
  (stage, _, session) => stage.submit.keepAlive(session),
  (stage, draw) => stage.advance(draw.below(4000)),
  ...Array.from(
    { length: 3 },
    () => (stage: Stage, _: Draw, session: string, id: string) => stage.submit.release({ session, id }),
  ),
  (stage, draw) => stage.submit.forceRelease({ lock: draw.of(names), by: 'operator' }),
  (stage, draw) => stage.submit.pause({ paused: draw.below(3) === 0, by: 'operator' }),
  (stage, draw, id) =>
    stage.submit.openSession({ id, client: 'tests', ttlMs: 9000, lockDelayMs: draw.of([0, 2000]) }),
  ...Array.from({ length: 5 }, () => askForSome),
]

function askForSome(stage: Stage, draw: Draw, session: string, id: string): void {
  const wants = draw.below(3) === 0 ? names : [draw.of(names)]
  ask(
    stage,
    session,
    wants.map((lock) => wantOf(draw, lock)),
    { id, waitMs: draw.of([null, 0, 3000]), reentrant: draw.below(2) === 0, owner: draw.of(['', 'other']) },
  )
}

/** Plays to the end; `look` sees each step. */
function play(
  seed: number,
  look: (stage: Stage, step: number) => void,
): { readonly stage: Stage; readonly rejected: number } {
  const [stage, draw] = [stageOf(...sessions), new Draw(seed)]
  let rejected = 0
  for (let step = 0; step < steps; step++) {
    try {
      draw.of(acts)(stage, draw, draw.of(sessions), `${draw.below(4)}`)
    } catch (error) {
      if (!(error instanceof Rejection)) throw error
      rejected += 1
    }
    look(stage, step)
  }
  return { stage, rejected }
}

test('holders agree, nobody overtakes, tokens grow, and nobody is forgotten', () => {
  let rejected = 0
  for (let seed = 1; seed <= runs; seed++)
    rejected += play(seed, (stage, step) => assertOrderly(stage.state, `seed ${seed}, step ${step}`)).rejected
  ok(rejected > 0)
})

test('when all sessions have ended, nothing is left', () => {
  for (let seed = 1; seed <= runs; seed++) {
    const { stage } = play(seed, () => {})
    for (const session of sessions) stage.submit.closeSession(session)
    stage.advance(60_000)
    const { locks, requests, queues, holders, clients, waiting } = stage.state
    equal(
      [locks, requests, queues, holders, clients].map(({ size }) => size),
      [0, 0, 0, 0, 0],
    )
    is(waiting, 0)
  }
})

test.run()
