// The one error of the file format: it names the line, since a person wrote it and has to find it.

/** A text is no corosync.conf. The message ends with what corosync itself would refuse. */
export class CorosyncConfError extends Error {
  override readonly name: string = 'CorosyncConfError'
  /** The line at fault, counted from 1. */
  readonly line: number
  /** What is wrong there: the message without the place. */
  readonly problem: string

  constructor(line: number, problem: string) {
    super(`corosync.conf, line ${line}: ${problem}`)
    this.line = line
    this.problem = problem
  }
}
