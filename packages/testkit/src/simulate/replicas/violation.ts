// An invariant of docs/protocol.md, section 13, does not hold.

/**
 * `I1` to `I8` as in the section. `R5.12`: a participant has missed a message of its
 * epoch. `R7.5`: a vote is denied that was counted. (The proof of I2 rests on both.) `stopped`: a replica gave up, or
 * found a broken promise. `own`: the caller's.
 */
export type InvariantName =
  | 'I1'
  | 'I2'
  | 'I3'
  | 'I4'
  | 'I5'
  | 'I6'
  | 'I7'
  | 'I8'
  | 'R5.12'
  | 'R7.5'
  | 'stopped'
  | 'own'

export class Violation extends Error {
  readonly invariant: InvariantName

  constructor(invariant: InvariantName, text: string) {
    super(`${invariant}: ${text}`)
    this.invariant = invariant
  }
}
