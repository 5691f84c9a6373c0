// The port to time. A replica reads no other clock.

/** Cancels a timer; does nothing when it has fired. */
export type CancelTimer = () => void

/**
 * Time as a replica has it. What an implementation guarantees: `monotonicMs` never goes back; a timer fires once, not
 * before its time, on a turn of its own, never inside the call that sets it.
 */
export interface Clock {
  /** Milliseconds since any fixed moment of this process, not whole. */
  monotonicMs(): number
  /** Milliseconds since 1970. May jump. */
  wallMs(): number
  /** Calls `fire` once, `delayMs` from now. */
  setTimer(delayMs: number, fire: () => void): CancelTimer
}
