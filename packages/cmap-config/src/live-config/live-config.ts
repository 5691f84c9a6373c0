// Configuration that is kept current: what stands below a prefix of the map, as a schema reads it. Each set of changes is
// looked at as a whole, one after the other, so that a schema that takes its time is never overtaken by an older answer.

import { isDeepStrictEqual } from 'node:util'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { CmapChanges, CmapDifference, ConfigMap, Tracking } from '../config-map.ts'
import { type Accepted, accept, type Verdict } from './accept.ts'
import { type ConfigChange, differencesOf } from './change.ts'
import { ChangeEvents } from './change-events.ts'
import type { ChangeReader } from './change-reader.ts'
import { deepFreeze } from './freeze.ts'
import { ConfigError, type ConfigProblem, describeProblems, freshProblems } from './problem.ts'
import { firstReading, type Readings } from './readings.ts'

/** What `liveConfig` takes. */
export interface LiveConfigOptions<Schema extends StandardSchemaV1> {
  readonly map: Pick<ConfigMap, 'track'>
  /** The section, with or without its dot: `service` is all keys that begin with `service.`. `''` is the whole map. */
  readonly prefix: string
  /** Of any library that implements Standard Schema. Defaults are the schema's. */
  readonly schema: Schema
  /**
   * Called with problems that were not there before. Default: a warning of the process, `QUORATE_CONFIG_INVALID`.
   */
  invalid?(problems: readonly ConfigProblem[]): void
}

/**
 * Opens configuration that follows the map. What stands below the prefix becomes an object: dots separate its levels, and
 * a level of the names 0, 1, … is an array. A value that the schema refuses is read as what its text says; one that it
 * still refuses is a problem, and the last good value of its key stays, at first the schema's default.
 *
 * ```ts
 * const config = await liveConfig({ map, prefix: 'service', schema: z.object({ batchMax: z.number().default(100) }) })
 * config.value.batchMax // 100
 * config.on('change', ({ value, differences }) => console.log(value.batchMax, differences))
 * ```
 *
 * @throws {ConfigError} the schema refuses what is there, and has no default: all problems
 * @throws {TypeError} the schema is none that implements Standard Schema
 */
export async function liveConfig<Schema extends StandardSchemaV1>(
  options: LiveConfigOptions<Schema>,
): Promise<LiveConfig<StandardSchemaV1.InferOutput<Schema>>> {
  type Value = StandardSchemaV1.InferOutput<Schema>
  const { map, schema, invalid = warn } = options
  if (!hasStandard(schema)) throw new TypeError(noStandard)
  const prefix = options.prefix === '' || options.prefix.endsWith('.') ? options.prefix : `${options.prefix}.`
  const early: CmapChanges[] = []
  let take = (changes: CmapChanges): void => void early.push(changes)
  const tracking = await map.track({ prefix }, (changes) => take(changes))
  try {
    const found = new Map<string, unknown>()
    note(
      found,
      prefix,
      tracking.entries.map((entry) => ({ key: entry.key, value: entry })),
    )
    const look = (last: Readings | null): Promise<Verdict<Value>> =>
      accept(schema as StandardSchemaV1<unknown, Value>, found, last)
    const config = await LiveConfig.open<Value>({ prefix, found, look, tracking, invalid })
    take = (changes) => config.take(changes)
    for (const changes of early) take(changes)
    return config
  } catch (error) {
    tracking.stop()
    throw error
  }
}

const noStandard =
  'liveConfig: the schema does not implement Standard Schema (it has no "~standard"), as those of zod from 3.24 on do.'

/** Said of the program's mistake at once; of a schema that throws later the configuration may be the cause. */
function hasStandard(schema: StandardSchemaV1 | undefined): boolean {
  return typeof schema?.['~standard']?.validate === 'function'
}

function warn(problems: readonly ConfigProblem[]): void {
  const what = 'Configuration is not used; the last good value stays, at first the default'
  const message = `${what}: ${describeProblems(problems)}`
  process.emitWarning(message, { code: 'QUORATE_CONFIG_INVALID' })
}

interface Source<T> {
  readonly prefix: string
  /** What stands in the map, by path; written as changes come. */
  readonly found: Map<string, unknown>
  look(last: Readings | null): Promise<Verdict<T>>
  readonly tracking: Tracking
  invalid(problems: readonly ConfigProblem[]): void
}

/** See {@link liveConfig}. Does not close the map. */
export class LiveConfig<T> implements AsyncDisposable {
  readonly #source: Source<T>
  readonly #events = new ChangeEvents<T>()
  readonly #waiting: CmapChanges[] = []
  #current: Accepted<T>
  #problems: readonly ConfigProblem[] = []
  #looking = false
  #closed = false

  private constructor(source: Source<T>, { accepted, refusals }: Verdict<T>) {
    this.#source = source
    const problems = this.#problemsOf(refusals)
    if (accepted === null) throw new ConfigError(source.prefix, problems)
    this.#current = frozen(accepted)
    this.#meet(problems)
  }

  /** Applications call `liveConfig`. */
  static async open<T>(source: Source<T>): Promise<LiveConfig<T>> {
    return new LiveConfig(source, await source.look(null))
  }

  /** With its dot. */
  get prefix(): string {
    return this.#source.prefix
  }

  /** As of now: a value of the schema, frozen. */
  get value(): T {
    return this.#current.value
  }

  /** What of the map is not used now. */
  get problems(): readonly ConfigProblem[] {
    return this.#problems
  }

  /**
   * Calls `listener` once for each set of changes that makes the value another; returns how to end it. What it throws is
   * an uncaught exception, and keeps nothing from other listeners.
   */
  on(_: 'change', listener: (change: ConfigChange<T>) => void): () => void {
    return this.#events.on(listener)
  }

  /**
   * The next change.
   *
   * @throws {Error} the signal's reason, or that the configuration was closed
   */
  async next({ signal }: { readonly signal?: AbortSignal } = {}): Promise<ConfigChange<T>> {
    const change = await this.#events.next(signal)
    if (change !== undefined) return change
    throw new Error(`The live configuration of '${this.#source.prefix}' was closed: nothing changes any more`)
  }

  /** Each change from now on; those that were not read in time are joined into one. Ends when this is closed. */
  [Symbol.asyncIterator](): ChangeReader<T> {
    return this.#events.stream()
  }

  /** The map has changed. */
  take(changes: CmapChanges): void {
    this.#waiting.push(changes)
    if (!this.#looking) void this.#lookAtAll()
  }

  /** Nothing is followed any more; `value` stays. */
  async close(): Promise<void> {
    this.#closed = true
    this.#source.tracking.stop()
    this.#events.end()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #lookAtAll(): Promise<void> {
    this.#looking = true
    const { found, prefix, look } = this.#source
    for (let changes = this.#waiting.shift(); changes !== undefined; changes = this.#waiting.shift()) {
      note(found, prefix, changes.differences)
      const verdict = await look(this.#current.readings)
      if (this.#closed) return
      this.#meet(this.#problemsOf(verdict.refusals))
      if (verdict.accepted !== null) this.#adopt(changes.cause, verdict.accepted)
    }
    this.#looking = false
  }

  #adopt(cause: CmapChanges['cause'], accepted: Accepted<T>): void {
    const before = this.#current
    if (isDeepStrictEqual(accepted.value, before.value)) {
      this.#current = { ...accepted, value: before.value }
      return
    }
    this.#current = frozen(accepted)
    const differences = differencesOf(this.#source.prefix, before.readings, accepted.readings)
    this.#events.tell({ cause, value: accepted.value, oldValue: before.value, differences })
  }

  #problemsOf(refusals: Verdict<T>['refusals']): ConfigProblem[] {
    const { prefix, found } = this.#source
    const nameOf = (path: string): string => (path === '' ? prefix.slice(0, -1) : prefix + path)
    return [...refusals].map(([path, reason]) => ({ key: nameOf(path), value: found.get(path), reason }))
  }

  /** Only what is new is told. */
  #meet(problems: readonly ConfigProblem[]): void {
    const before = this.#problems
    this.#problems = problems
    const fresh = freshProblems(before, problems)
    if (fresh.length > 0) queueMicrotask(() => this.#source.invalid(fresh))
  }
}

function frozen<T>({ value, readings }: Accepted<T>): Accepted<T> {
  return { value: deepFreeze(value), readings }
}

function note(
  found: Map<string, unknown>,
  prefix: string,
  differences: readonly Pick<CmapDifference, 'key' | 'value'>[],
): void {
  for (const { key, value } of differences) {
    const path = key.slice(prefix.length)
    if (path === '') continue
    if (value === undefined) found.delete(path)
    else found.set(path, firstReading(value))
  }
}
