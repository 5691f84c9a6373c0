// What subscribers are told. A server tells its waiting clients by these; what they have missed they read from the state.

import type { Context } from '@quorate/core'

export type SessionEnd = 'closed' | 'expired' | 'ended-by-operator'

export type LockEvent =
  | {
      readonly type: 'granted'
      readonly session: string
      readonly id: string
      readonly tokens: readonly number[]
    }
  /** A waiting request has ended without a grant. */
  | {
      readonly type: 'dropped'
      readonly session: string
      readonly id: string
      readonly reason: 'timeout' | 'cancelled' | 'session-ended'
    }
  /** A holder has its locks no more, and has not given them back itself. */
  | {
      readonly type: 'lost'
      readonly session: string
      readonly id: string
      readonly reason: 'session-ended' | 'forced'
    }
  /** Who holds a lock, who waits, or what it says has changed. */
  | { readonly type: 'changed'; readonly lock: string }
  | { readonly type: 'session-ended'; readonly session: string; readonly reason: SessionEnd }
  | { readonly type: 'barrier-opened'; readonly barrier: string }
  | { readonly type: 'countdown-changed'; readonly countdown: string; readonly left: number }

export const tell = (ctx: Context, event: LockEvent): void => ctx.emit(event)
