// The one error class of everything that speaks to corosync. Callers match `code`.

import { type StatusCode, statusCode, statusOk } from './status.ts'

/**
 * What failed: a `cs_error_t` by its name in corosync/corotypes.h, or one of our own:
 * `LIBRARY_MISSING` (the shared library, or a function of it, is not on this machine), `CLOSED` (used after close).
 */
export type CorosyncErrorCode = StatusCode | 'LIBRARY_MISSING' | 'CLOSED'

const hints: Partial<Record<CorosyncErrorCode, string>> = {
  CS_ERR_LIBRARY: 'Is corosync running on this node? (systemctl status corosync; corosync-cfgtool -s)',
  CS_ERR_ACCESS:
    // To be pasted: on one line in the file, corosync would refuse it, at the reload and at its next start.
    "Run as root, or as root allow the user: printf 'uidgid {\\n  uid: NAME\\n}\\n' > /etc/corosync/uidgid.d/NAME && corosync-cfgtool -R",
  CS_ERR_TRY_AGAIN: 'Flow control, or a membership change is under way: try again in some milliseconds.',
  CS_ERR_EXIST: 'This process is already in the group: one membership per process and group.',
  CS_ERR_NO_RESOURCES: 'Out of file descriptors or of space in /dev/shm? (ulimit -n; df /dev/shm)',
  CS_ERR_NO_SPACE: 'Out of space in /dev/shm? (df /dev/shm)',
}

/** A call to corosync failed. */
export class CorosyncError extends Error {
  override readonly name = 'CorosyncError'
  readonly code: CorosyncErrorCode
  /** The C function, e.g. `cpg_join`. */
  readonly call: string
  /** What to do about it, where that is known. */
  readonly hint: string | undefined

  constructor(
    code: CorosyncErrorCode,
    call: string,
    hint: string | undefined = hints[code],
    cause?: unknown,
  ) {
    super(`${call}: ${code}${hint === undefined ? '' : `. ${hint}`}`, cause === undefined ? {} : { cause })
    this.code = code
    this.call = call
    this.hint = hint
  }
}

/**
 * Returns when `status` is `CS_OK`.
 *
 * @throws {CorosyncError} it is another, with that `cs_error_t`'s name
 */
export function unwrap(status: number, call: string): void {
  if (status !== statusOk) throw new CorosyncError(statusCode(status), call)
}
