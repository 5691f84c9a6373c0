// The one error of a configuration file: a person wrote it and has to find the place.

/** A file cannot be read, or does not say what it must. */
export class ConfigFileError extends Error {
  override readonly name: string = 'ConfigFileError'
  readonly path: string
  /** The line at fault, counted from 1; `undefined` when it is the whole file. */
  readonly line: number | undefined

  constructor(path: string, line: number | undefined, problem: string, cause?: unknown) {
    super(
      `${path}${line === undefined ? '' : `, line ${line}`}: ${problem}`,
      cause === undefined ? {} : { cause },
    )
    this.path = path
    this.line = line
  }
}
