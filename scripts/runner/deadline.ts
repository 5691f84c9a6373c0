// How long a test file may take. A file that needs more than the default says so in a line of its own, such as
// `// deadline: 600 s`.

/** For a file that says nothing. */
export const defaultDeadlineMs = 180_000

export interface Deadline {
  readonly deadlineMs: number
  /** What is wrong with the comment, if it cannot be read. */
  readonly fault?: string
}

/** The deadline that a test file's source asks for. */
export function readDeadlineMs(source: string): Deadline {
  const comment = /^\/\/ deadline:(.*)$/m.exec(source)
  if (comment === null) return { deadlineMs: defaultDeadlineMs }
  const seconds = /^ (\d+) s$/.exec(comment[1] ?? '')
  if (seconds !== null) return { deadlineMs: Number(seconds[1]) * 1000 }
  return {
    deadlineMs: defaultDeadlineMs,
    fault: `"${comment[0]}" is no deadline; write "// deadline: 600 s".`,
  }
}
