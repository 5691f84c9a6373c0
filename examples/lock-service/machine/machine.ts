// The machine: every command and timer of the service. Everything that decides is in this folder; it knows nothing of
// HTTP, of time but the cluster's, or of who may do what.

import { defineMachine, type Replica } from '@quorate/core'
import { acquire, giveUp, release } from './acquire.ts'
import { arrive, beginCountdown, countDown, leave } from './barriers.ts'
import { timersMax } from './config.ts'
import { forgetDelay } from './locks.ts'
import { configure, drain, endSession, forceRelease, pause } from './operators.ts'
import { serve } from './serve.ts'
import { closeSession, expireSession, keepAlive, openSession } from './sessions.ts'
import { initialState } from './state.ts'
import { proclaim, setValue } from './values.ts'

export const locks = defineMachine({
  name: 'lock-service',
  version: 1,
  initial: initialState,
  limits: () => ({ timersMax }),
  reducers: {
    ...{ openSession, keepAlive, closeSession, expireSession },
    ...{ acquire, release, giveUp, proclaim, setValue },
    ...{ arrive, leave, beginCountdown, countDown },
    ...{ forceRelease, endSession, pause, drain, configure },
    /** Run by the timer of a lock's delay. */
    endDelay(state, lock: string, ctx) {
      forgetDelay(state, lock)
      serve(state, ctx, [lock])
    },
  },
})

export type LockReplica = Replica<typeof locks>
