// Impairment by the kernel: a netem queue on the node's device (tc-netem(8)).

import { programPath } from './availability.ts'
import { output } from './child.ts'
import type { Impairer, Impairment } from './impairment.ts'
import type { Network } from './network.ts'

// netem's default of 1000 packets would overflow at a moderate rate and a long delay, and lose what nobody asked for.
const queuePacketsMax = 100_000

/** Impairs with netem. */
export class Netem implements Impairer {
  readonly #network: Network
  readonly #impaired = new Set<number>()

  constructor(network: Network) {
    this.#network = network
  }

  /** Replaces the queue of the node's device. */
  async impair(from: number, impairment: Required<Impairment>): Promise<void> {
    await this.#tc(from, ['qdisc', 'replace', 'dev', 'eth0', 'root', ...netemArguments(impairment)])
    this.#impaired.add(from)
  }

  /** Removes the queue, if there is one. */
  async clear(from: number): Promise<void> {
    if (this.#impaired.delete(from)) await this.#tc(from, ['qdisc', 'del', 'dev', 'eth0', 'root'])
  }

  async #tc(id: number, args: readonly string[]): Promise<void> {
    const result = await output(this.#network.namespaceOf(id).spawn(programPath('tc'), args))
    if (result.code !== 0)
      throw new Error(`tc ${args.join(' ')} failed on node${id}: ${result.stderr.trim()}`)
  }
}

/** The impairment in the words of tc. */
export function netemArguments({ delayMs, jitterMs, lossRatio }: Required<Impairment>): string[] {
  const delay = ['delay', `${delayMs}ms`, ...(jitterMs > 0 ? [`${jitterMs}ms`] : [])]
  return ['netem', 'limit', String(queuePacketsMax), ...delay, 'loss', `${lossRatio * 100}%`]
}
