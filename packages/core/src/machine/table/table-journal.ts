// What reducers did to the tables of a state, so that it can be taken back; and whose reducer runs, for only then its
// tables may be written.

import type { Before, Entries } from './entries.ts'

interface Change {
  readonly entries: Entries
  readonly before: Before
}

/** Reducers are synchronous: at any time at most one runs. */
let running: TableJournal | null = null
let mayMakeTables = true

export class TableJournal {
  readonly #changes: Change[] = []
  /** Changes that are not taken back any more. */
  #kept = 0

  /** Another one after each change; `rollback` brings it back with what it stands for. */
  get revision(): number {
    return this.#kept + this.#changes.length
  }

  /** Whether a reducer of this state runs. */
  get isWritable(): boolean {
    return running === this
  }

  run<T>(reducer: () => T, mayMake = false): T {
    running = this
    mayMakeTables = mayMake
    try {
      return reducer()
    } finally {
      running = null
      mayMakeTables = true
    }
  }

  /** Is told before a change, as `Entries.before`. */
  note(entries: Entries, key: string | null): void {
    this.#changes.push({ entries, before: entries.before(key) })
  }

  /** Takes back all changes since `revision`, which is not before the last `keep`. */
  rollback(revision: number): void {
    while (this.revision > revision) {
      const { entries, before } = this.#changes.pop() as Change
      entries.undo(before)
    }
  }

  /** What was done until now is not taken back any more. */
  keep(): void {
    this.#kept = this.revision
    this.#changes.length = 0
  }
}

/** Whether a table may be made: not in a command, whose state could not keep it. */
export function mayMakeTable(): boolean {
  return mayMakeTables
}
