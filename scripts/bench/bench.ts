// What a bench is. bench/NAME.ts exports one as `bench`; `npm run bench -- NAME` runs it.

/** One measured figure. */
export interface Row {
  /** Of the bench's own; goals refer to it. A unit within the name comes last. */
  readonly name: string
  readonly value: number
  /** Such as `'MB/s'`, `'ms'`, `'×'`. */
  readonly unit: string
  readonly better: 'higher' | 'lower'
}

export interface BenchContext {
  /** Measure for seconds instead of minutes: the figures are rougher, the names the same. */
  readonly quick: boolean
  /** How long the user wants to measure; `undefined`: as the bench finds right. */
  readonly minutes: number | undefined
  /** Tells the user how far the bench is. */
  progress(line: string): void
}

export interface BenchResult {
  readonly rows: readonly Row[]
  /** What the figures depend on beside this machine and Quorate itself: versions of peers and daemons. */
  readonly versions: Readonly<Record<string, string>>
}

export interface Bench {
  /** One line. */
  readonly description: string
  /** Runs on real daemons: Corosync is installed first, and where no cluster can be started the bench is refused. */
  readonly needsCluster?: boolean
  /** Measures for as long as `--minutes` says; for all others the option is refused. */
  readonly takesMinutes?: boolean
  run(context: BenchContext): Promise<BenchResult>
}
