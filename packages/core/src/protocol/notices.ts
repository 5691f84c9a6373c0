// What goes out for users and operators: each change once.

import type { Notice, Obstacle, StopOutput } from './output.ts'
import type { State } from './state.ts'

export function notify(state: State, notice: Notice): void {
  state.outputs.push({ type: 'notice', notice })
}

/** Names what keeps this view from an epoch, when it is something else than before. */
export function meetObstacle(state: State, obstacle: Obstacle): void {
  if (JSON.stringify(state.obstacle) === JSON.stringify(obstacle)) return
  state.obstacle = obstacle
  notify(state, { notice: 'obstacle', obstacle })
}

/** Going on would be wrong: nothing is done from now on. */
export function stop(state: State, reason: StopOutput['reason'], text: string): void {
  state.stopped = true
  state.outputs.push({ type: 'stop', reason, text })
}
