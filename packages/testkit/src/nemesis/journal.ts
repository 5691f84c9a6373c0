// What happened in a run, line by line with its time, and what was violated.

import { instantMs } from './instant.ts'

export class Journal {
  /** All lines, those that nobody was told among them. */
  readonly lines: string[] = []
  /** In whole sentences. */
  readonly violations: string[] = []
  readonly #log: (line: string) => void
  #beginMs: number = instantMs()

  /** @param log takes each line that people should read while it happens */
  constructor(log: (line: string) => void) {
    this.#log = log
  }

  /** Times count from now on. */
  begin(): void {
    this.#beginMs = instantMs()
  }

  /** Instant from which times count. */
  get beginMs(): number {
    return this.#beginMs
  }

  /** Milliseconds since the beginning. */
  get nowMs(): number {
    return instantMs() - this.#beginMs
  }

  /** Nothing was violated so far. */
  get isFine(): boolean {
    return this.violations.length === 0
  }

  blame(violation: string): void {
    this.violations.push(violation)
    this.tell(`VIOLATION: ${violation}`)
  }

  tell(text: string): void {
    this.#log(this.note(text))
  }

  note(text: string): string {
    const line = `${(this.nowMs / 1000).toFixed(3).padStart(9)} s  ${text}`
    this.lines.push(line)
    return line
  }
}
