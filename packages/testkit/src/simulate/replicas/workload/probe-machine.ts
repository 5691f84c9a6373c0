// The machine of the protocol's own simulation: uses every feature of the replicated state, and tells where what it
// was given was ordered.

import { defineMachine, type Machine } from '@quorate/core/simulation'
import type { CommandName } from '../invariants/effects.ts'

export interface ProbeState {
  count: number
  /** Mixes all commands in their order. */
  mix: number
  timers: number
  joined: number
  left: number
  migrations: number
}

/** The result of a command. */
export interface Ordered {
  readonly index: number
}

export interface ProbeEvent {
  readonly what: 'command' | 'timer'
  readonly name: CommandName
}

const timerMs = 50
/** So tight that they are reached. */
const limits = { sessionTimeoutMs: 1500, sessionsMax: 8, openCommandsMax: 3 }

/** One program after the other: each runs the versions of those before it as well. */
export const probeMachines: readonly Machine<ProbeState>[] = [1, 2, 3].map(probeMachine)

function probeMachine(version: number): Machine<ProbeState> {
  return defineMachine({
    name: 'probe',
    version,
    minimumVersion: 1,
    initial: (): ProbeState => ({ count: 0, mix: 0, timers: 0, joined: 0, left: 0, migrations: 0 }),
    limits: (each) => ({ ...limits, openCommandsMax: limits.openCommandsMax + each }),
    migrate(state: ProbeState, from) {
      state.migrations += 1
      state.mix = (state.mix ^ from) | 0
      return undefined
    },
    onMembership(state, { joined, left }) {
      state.joined += joined.length
      state.left += left.length
    },
    reducers: {
      write(state, name: CommandName, context): Ordered {
        mix(state, name, context.version)
        context.emit({ what: 'command', name })
        return { index: context.index }
      },
      later(state, name: CommandName, context): Ordered {
        mix(state, name, context.version)
        context.schedule(`${name.origin}.${name.place}`, context.now + timerMs, 'fired', name)
        context.emit({ what: 'command', name })
        return { index: context.index }
      },
      fired(state, name: CommandName, context) {
        state.timers += 1
        context.emit({ what: 'timer', name })
      },
    },
  })
}

/** Each version mixes in its own way: who applies an entry by another has another state. */
function mix(state: ProbeState, { origin, place }: CommandName, version: number): void {
  state.count += 1
  state.mix = (Math.imul(state.mix ^ origin, 29 + 2 * version) + place) | 0
}
