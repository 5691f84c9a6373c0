// What a daemon has written, from its first start on. It writes into a file and not into a pipe: a pipe that this
// process is too busy to read would stop the daemon.

import { closeSync, openSync, readFileSync } from 'node:fs'
import { waitFor } from './wait.ts'

/** The log of one node's daemon; survives restarts of the daemon. */
export class DaemonLog {
  readonly #path: string
  readonly #owner: string

  /** `path` as seen from this process; `owner` is used in errors. */
  constructor(path: string, owner: string) {
    this.#path = path
    this.#owner = owner
    closeSync(this.open())
  }

  /** A file descriptor to append to; the caller closes it. */
  open(): number {
    return openSync(this.#path, 'a')
  }

  /** The text so far, from a position of an earlier text on. */
  text(from = 0): string {
    return readFileSync(this.#path, 'utf8').slice(from)
  }

  /** The last lines. */
  tail(lines = 8): string {
    return this.text().trimEnd().split('\n').slice(-lines).join('\n')
  }

  /**
   * The first match of `pattern` in the text from `from` on, as soon as there is one.
   *
   * @throws {Error} none within `timeoutMs`
   */
  waitFor(pattern: RegExp, timeoutMs: number, from = 0): Promise<RegExpExecArray> {
    // A global or sticky pattern would remember where its last search ended.
    const search = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
    return waitFor({
      what: `${pattern} in the log of ${this.#owner}`,
      timeoutMs,
      intervalMs: 20,
      look: () => search.exec(this.text(from)) ?? undefined,
      seen: () => `The last lines of the log of ${this.#owner}:\n${this.tail()}`,
    })
  }
}
