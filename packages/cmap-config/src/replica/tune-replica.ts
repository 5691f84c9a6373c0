// Bounds of one replica from the configuration of its node: local, since each node may need its own. The replica judges
// what it is given, as at any call of `tune`; here is only which keys say what.

import { isKey, keyRule } from '../cmap/key.ts'
import type { ConfigMap } from '../config-map.ts'
import { type LiveConfig, liveConfig } from '../live-config/live-config.ts'
import { type ConfigProblem, describeProblems, freshProblems } from '../live-config/problem.ts'
import { field, named, optional, schemaOf, section, text, whole } from '../schemas/read.ts'
import { type AllBounds, changesOf, type Wish, wishesOf, withdrawn } from './wishes.ts'

/** What is needed of a replica: that of @quorate/core is one. */
export interface TunableReplica {
  readonly status: { readonly group: string; readonly ended: Error | null }
  /** Throws where it refuses, and then changes nothing; `undefined` is what the replica was opened with. */
  tune(changes: { readonly limits?: object; readonly timeouts?: object }): void
}

/** How a replica is tuned. */
export interface TuneReplicaOptions {
  /** The section in the map. Default: `quorate.GROUP`; a group whose name cannot be part of a key needs one. */
  readonly prefix?: string
  /**
   * Called with keys that are not used, and why, once each. Default: a warning of the process,
   * `QUORATE_TUNING_REFUSED`.
   */
  warning?(problems: readonly ConfigProblem[]): void
  /**
   * Called with what `log.level` says, at first and when it changes; `undefined`: nothing. A replica writes no log, it
   * tells events: the level is that of the logger that the application writes them with. Throws where it knows no such
   * level.
   */
  logLevel?(level: string | undefined): void
}

/** What follows the map. */
export interface ReplicaTuning extends AsyncDisposable {
  /** The keys that are not used now, and why. */
  readonly problems: readonly ConfigProblem[]
  /** The map is followed no more; the bounds stay as they are. */
  close(): Promise<void>
}

interface Settings extends AllBounds {
  readonly log: { readonly level: string | undefined }
}

const settings = schemaOf(
  section<Settings>({
    limits: field('limits', named(whole)),
    timeouts: field('timeouts', named(whole)),
    log: field('log', section<Settings['log']>({ level: field('level', optional(text)) })),
  }),
)

/**
 * Tunes a replica by `quorate.GROUP.limits.*` and `quorate.GROUP.timeouts.*` of this node's map, now and as they change;
 * the names are those of `openReplica`'s options. A key that is deleted returns to what the replica was opened with.
 *
 * ```ts
 * const tuning = await tuneReplica(replica, map)
 * // corosync-cmapctl -s quorate.counter.limits.batchCommandsMax u32 64
 * ```
 */
export async function tuneReplica(
  replica: TunableReplica,
  map: Pick<ConfigMap, 'track'>,
  options: TuneReplicaOptions = {},
): Promise<ReplicaTuning> {
  const { group } = replica.status
  const { prefix = `quorate.${group}.`, warning = warn } = options
  if (!isKey(`${prefix}.log.level`)) throw new RangeError(refusalOfPrefix(prefix, group))
  const config = await liveConfig({ map, prefix, schema: settings, invalid: warning })
  return new Tuner(replica, config, { ...options, warning })
}

function refusalOfPrefix(prefix: string, group: string): string {
  const what = `tuneReplica: no key of a map can begin with "${prefix}" (the group is "${group}"): it takes ${keyRule}.`
  return `${what} Give the option prefix, with a name for the group that fits: { prefix: 'quorate.NAME' }.`
}

function warn(problems: readonly ConfigProblem[]): void {
  const message = `A replica is not tuned: ${describeProblems(problems)}`
  process.emitWarning(message, { code: 'QUORATE_TUNING_REFUSED' })
}

type Complete = TuneReplicaOptions & Required<Pick<TuneReplicaOptions, 'warning'>>

class Tuner implements ReplicaTuning {
  readonly #replica: TunableReplica
  readonly #config: LiveConfig<Settings>
  readonly #options: Complete
  /** What the replica took, by name, and has not given back: only that may return to what it was opened with. */
  readonly #held = new Map<string, Wish>()
  /** `null`: nothing is set yet. */
  #level: string | undefined | null = null
  #refused: readonly ConfigProblem[] = []

  constructor(replica: TunableReplica, config: LiveConfig<Settings>, options: Complete) {
    this.#replica = replica
    this.#config = config
    this.#options = options
    config.on('change', () => this.#follow())
    this.#follow()
  }

  get problems(): readonly ConfigProblem[] {
    return [...this.#config.problems, ...this.#refused]
  }

  close(): Promise<void> {
    return this.#config.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** A replica that has ended has no bounds to follow. */
  #follow(): void {
    if (this.#replica.status.ended === null) this.#meet([...this.#tune(), ...this.#setLevel()])
    else void this.close()
  }

  /** All that the map says, not only what is new: what was refused may go together with the rest by now. */
  #tune(): ConfigProblem[] {
    const present = wishesOf(this.#config.value)
    const wishes = [...present, ...withdrawn([...this.#held.values()], present)]
    if (this.#give(wishes) === null) return []
    return this.#giveEach(wishes).map(([{ part, name, value }, reason]) =>
      this.#problem(`${part}.${name}`, value, reason),
    )
  }

  /** One that is refused must not keep the others from being taken, and one that is taken may make room for it. */
  #giveEach(wishes: readonly Wish[]): (readonly [Wish, reason: string])[] {
    const refused = wishes.flatMap((wish) => {
      const reason = this.#give([wish])
      return reason === null ? [] : [[wish, reason] as const]
    })
    return refused.length === 0 || refused.length === wishes.length
      ? refused
      : this.#giveEach(refused.map(([wish]) => wish))
  }

  /** Why the replica refuses; `null`: it does not. */
  #give(wishes: readonly Wish[]): string | null {
    const reason = refusalOf(() => this.#replica.tune(changesOf(wishes)))
    if (reason === null) for (const wish of wishes) this.#note(wish)
    return reason
  }

  #note({ part, name, value }: Wish): void {
    const path = `${part}.${name}`
    if (value === undefined) this.#held.delete(path)
    else this.#held.set(path, { part, name, value })
  }

  #setLevel(): ConfigProblem[] {
    const { level } = this.#config.value.log
    if (level === this.#level) return []
    const reason = refusalOf(() => this.#options.logLevel?.(level))
    if (reason !== null) return [this.#problem('log.level', level, reason)]
    this.#level = level
    return []
  }

  #problem(name: string, value: unknown, reason: string): ConfigProblem {
    return { key: this.#config.prefix + name, value, reason }
  }

  /** Only what is new is told. */
  #meet(refused: readonly ConfigProblem[]): void {
    const fresh = freshProblems(this.#refused, refused)
    this.#refused = refused
    if (fresh.length > 0) queueMicrotask(() => this.#options.warning(fresh))
  }
}

function refusalOf(act: () => void): string | null {
  try {
    act()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : `${error}`
  }
}
