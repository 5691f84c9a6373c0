// Configuration that reducers read: the same everywhere at the same index, since it is part of the replicated state and
// changes by a command. The leader's own configuration is what the group shall have; the other nodes compare theirs with
// it. Why it cannot be read where it stands: docs/configuration.md.

import { inspect, isDeepStrictEqual } from 'node:util'
import { checkedDelayMs } from '../delay.ts'
import type { LiveConfig } from '../live-config/live-config.ts'
import { compare, type ReplicatedDifference } from './compare.ts'

/** What is needed of a replica: that of @quorate/core is one. */
export interface ConfiguredReplica<State> {
  readonly state: State
  readonly status: {
    readonly leader: { readonly nodeid: number; readonly self: boolean; readonly fencingToken: bigint } | null
    readonly ended: Error | null
  }
  subscribe<T>(select: (state: State) => T, listener: () => void): () => void
  on(name: 'leader' | 'stopped', listener: () => void): () => void
}

/** What an operator should look at. */
export type ReplicatedConfigWarning =
  /** This node's configuration has been another than the group's for a while: keys, both values, and which node leads. */
  | {
      readonly notice: 'config-differs'
      readonly differences: readonly ReplicatedDifference[]
      readonly leader: number
    }
  /** This node leads, and its configuration was not taken: the reducer's or the replica's word. */
  | { readonly notice: 'config-not-taken'; readonly error: unknown }

/** What `replicatedConfig` takes. */
export interface ReplicatedConfigOptions<State, T> {
  readonly replica: ConfiguredReplica<State>
  /** This node's own. */
  readonly config: Pick<LiveConfig<T>, 'prefix' | 'value' | 'on'>
  /** The replicated value, and no more than that; `null` or `undefined`: the group has none yet. */
  select(state: State): T | null | undefined
  /** Submits the command by which the group takes the value: `(value) => replica.submit.configure(value)`. */
  submit(value: T): Promise<unknown>
  /**
   * Whether this node's value may take the place of the group's: with a version in both, `own.version >
   * replicated.version` keeps an old file of a new leader from taking the configuration back. Not asked while the group
   * has none. Default: always.
   */
  mayReplace?(own: T, replicated: T): boolean
  /** How long a difference lasts before it is told, and between attempts that failed; above 0. Default: 10,000. */
  readonly pauseMs?: number
  /** Default: a warning of the process, `QUORATE_CONFIG_DIFFERS` or `QUORATE_CONFIG_NOT_TAKEN`. */
  warning?(warning: ReplicatedConfigWarning): void
  /** A difference that was told has ended. */
  equal?(): void
}

/**
 * Brings this node's configuration to the group while this replica leads, and tells where it is another while it does
 * not. To be called on each node.
 *
 * ```ts
 * const config = await liveConfig({ map, prefix: 'service', schema })
 * const replicated = replicatedConfig({
 *   replica, config,
 *   select: (state) => state.config,
 *   submit: (value) => replica.submit.configure(value),
 * })
 * ```
 */
export function replicatedConfig<State, T>(options: ReplicatedConfigOptions<State, T>): ReplicatedConfig {
  return new Follower(options)
}

/** See {@link replicatedConfig}. */
export interface ReplicatedConfig extends Disposable {
  /** Where this node's configuration is another than the group's, as far as this replica knows. */
  readonly differences: readonly ReplicatedDifference[]
  /** Nothing is compared or submitted any more. The live configuration stays open. */
  close(): void
}

/** What was answered with a command: more of them only help where one of these is another. */
interface Seen {
  readonly own: unknown
  readonly replicated: unknown
  readonly fencingToken: bigint
}

/** A command that was taken seems to have changed nothing when a late one of another leader came right behind it. */
const timesMax = 2

class Follower<State, T> implements ReplicatedConfig {
  readonly #options: ReplicatedConfigOptions<State, T>
  readonly #pauseMs: number
  readonly #ends: readonly (() => void)[]
  #answered: Seen | null = null
  /** How often. */
  #times = 0
  #submitting = false
  /** What failed may not fail again. */
  #mayRetry = false
  #pause: NodeJS.Timeout | null = null
  #told: readonly ReplicatedDifference[] = []
  #closed = false

  constructor(options: ReplicatedConfigOptions<State, T>) {
    this.#options = options
    this.#pauseMs = checkedDelayMs('pauseMs', options.pauseMs ?? 10_000)
    const { replica, config } = options
    const look = (): void => this.#look()
    this.#ends = [
      config.on('change', look),
      replica.subscribe((state) => options.select(state), look),
      replica.on('leader', look),
      replica.on('stopped', look),
    ]
    this.#look()
  }

  get differences(): readonly ReplicatedDifference[] {
    const { replica, config, select } = this.#options
    const replicated = select(replica.state) ?? undefined
    return compare(config.prefix, config.value, replicated)
  }

  close(): void {
    this.#closed = true
    for (const end of this.#ends) end()
    this.#stopPause()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** Without a leader nobody can change what differs, and what is here may be behind. */
  #look(): void {
    if (this.#closed) return
    const { status } = this.#options.replica
    if (status.ended !== null) this.close()
    else if (status.leader === null) this.#stopPause()
    else if (this.differences.length === 0) this.#settle()
    else {
      if (status.leader.self && this.#mayReplace()) this.#bring(status.leader.fencingToken)
      this.#pause ??= setTimeout(() => this.#endPause(), this.#pauseMs).unref()
    }
  }

  #mayReplace(): boolean {
    const { replica, config, select, mayReplace = () => true } = this.#options
    const replicated = select(replica.state) ?? null
    return replicated === null || mayReplace(config.value, replicated)
  }

  /** What was answered is through: should it come once more, it is answered anew. */
  #settle(): void {
    this.#stopPause()
    this.#answered = null
    const { length } = this.#told
    this.#told = []
    if (length > 0) this.#options.equal?.()
  }

  #stopPause(): void {
    if (this.#pause !== null) clearTimeout(this.#pause)
    this.#pause = null
  }

  /** It has lasted, if it still is there to be told. */
  #endPause(): void {
    this.#pause = null
    const { leader, ended } = this.#options.replica.status
    if (leader !== null && ended === null) this.#tellDifferences(leader.nodeid)
    if (this.#mayRetry) this.#answered = null
    this.#look()
  }

  #tellDifferences(leader: number): void {
    const { differences } = this
    if (differences.length === 0 || isDeepStrictEqual(differences, this.#told)) return
    this.#told = differences
    this.#warn({ notice: 'config-differs', differences, leader })
  }

  #bring(fencingToken: bigint): void {
    const { replica, config, select } = this.#options
    const seen = { own: config.value, replicated: select(replica.state), fencingToken }
    const isSame = isDeepStrictEqual(seen, this.#answered)
    if (this.#submitting || (isSame && this.#times >= timesMax)) return
    this.#times = isSame ? this.#times + 1 : 1
    this.#answered = seen
    this.#mayRetry = false
    this.#submitting = true
    void this.#submit(config.value)
  }

  async #submit(value: T): Promise<void> {
    try {
      await this.#options.submit(value)
    } catch (error) {
      this.#fail(error)
    }
    this.#submitting = false
    this.#look()
  }

  /** What a reducer has rejected it will reject again; an error of the replica has an outcome, and ends with its cause. */
  #fail(error: unknown): void {
    if (this.#closed || this.#options.replica.status.ended !== null) return
    this.#mayRetry = error instanceof Error && 'outcome' in error
    this.#times = timesMax
    this.#warn({ notice: 'config-not-taken', error })
  }

  #warn(warning: ReplicatedConfigWarning): void {
    const { warning: tell = warn } = this.#options
    queueMicrotask(() => tell(warning))
  }
}

function warn(warning: ReplicatedConfigWarning): void {
  if (warning.notice === 'config-differs') {
    const shown = warning.differences.map(
      ({ key, own, replicated }) => `${key} is ${inspect(own)} here and ${inspect(replicated)} in the group`,
    )
    const message =
      `Configuration that the group shares differs on this node; the group's is that of its leader, now node ` +
      `${warning.leader}. Make it equal on all nodes: ${shown.join('; ')}`
    process.emitWarning(message, { code: 'QUORATE_CONFIG_DIFFERS' })
  } else {
    const message = `The group did not take this node's configuration: ${warning.error}`
    process.emitWarning(message, { code: 'QUORATE_CONFIG_NOT_TAKEN' })
  }
}
