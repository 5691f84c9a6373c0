// Looks at every step of one engine: before it, and after.

import type { Ballot, Index, Input, Loop, Output, State } from '@quorate/core/simulation'

/** What a step may change, as it was. */
export interface Before {
  active: boolean
  adoptions: number
  promised: Ballot
  epoch: Ballot
  certain: Index
  possible: Index
  last: Index
}

/** One step. `before` is valid only while it is looked at. */
export interface Step {
  readonly nodeid: number
  readonly before: Before
  readonly input: Input
  readonly state: State
  readonly outputs: readonly Output[]
}

export function watch({ engine }: Loop, nodeid: number, look: (step: Step) => void): void {
  const { state } = engine
  const before = { ...beforeOf(state) }
  const step = engine.step.bind(engine)
  engine.step = (input, nowMs) => {
    note(before, state)
    const outputs = step(input, nowMs)
    look({ nodeid, before, input, state, outputs })
    return outputs
  }
}

function beforeOf(state: State): Before {
  const { active, adoptions, promised, epoch, certain, possible, log } = state
  return { active, adoptions, promised, epoch: epoch.ballot, certain, possible, last: log.last }
}

/** In place: there are millions of steps. */
function note(before: Before, state: State): void {
  before.active = state.active
  before.adoptions = state.adoptions
  before.promised = state.promised
  before.epoch = state.epoch.ballot
  before.certain = state.certain
  before.possible = state.possible
  before.last = state.log.last
}
