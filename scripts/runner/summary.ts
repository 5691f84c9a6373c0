// What uvu 0.5.6 says at the end of a file. `total` does not count the skipped.

export interface Summary {
  readonly total: number
  readonly passed: number
  readonly skipped: number
}

const form = /^ {2}Total: {5}(\d+)\n {2}Passed: {4}(\d+)\n {2}Skipped: {3}(\d+)\n {2}Duration: /gm

/** Every summary in an output, in order: one, when the file is sound. */
export function readSummaries(output: string): Summary[] {
  return [...output.matchAll(form)].map(([, total, passed, skipped]) => ({
    total: Number(total),
    passed: Number(passed),
    skipped: Number(skipped),
  }))
}
