// Where the program prints, and what ends it.

export interface Surroundings {
  /** Fulfilled when there is room for more. */
  out(line: string): Promise<void>
  problem(line: string): void
  /** How far long work is: shown in the place of what it was before; empty: it is over. `undefined`: nobody watches. */
  readonly progress: ((text: string) => void) | undefined
  /** Aborted by Ctrl-C, and when nobody reads any more. */
  readonly signal: AbortSignal
}
