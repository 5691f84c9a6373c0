// Answers that are held back: until there is something to say, the time is over, the client has gone, or the service
// ends.

import type { FastifyReply, FastifyRequest } from 'fastify'
import { RequestError } from './failures.ts'
import type { HttpLimits } from './http-limits.ts'
import { Quota } from './quota.ts'

const atOnce = AbortSignal.abort()

export class Holds {
  readonly #limits: () => HttpLimits
  readonly #quota = new Quota()
  readonly #open = new Set<AbortController>()
  #ended = false

  constructor(limits: () => HttpLimits) {
    this.#limits = limits
  }

  get count(): number {
    return this.#open.size
  }

  /**
   * What `act` gives, whose signal fires when it shall give what there is.
   *
   * @throws {RequestError} `too-many-polls`: nothing is done then
   */
  async during<T>(
    { identity }: FastifyRequest,
    reply: FastifyReply,
    holdMs: number,
    act: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (holdMs === 0 || this.#ended) return act(atOnce)
    const giveBack = this.#take(identity.name)
    const controller = new AbortController()
    const end = (): void => controller.abort()
    const timer = setTimeout(end, holdMs)
    this.#open.add(controller)
    // Of the answer, and not of the request, which is closed as soon as it has been read.
    reply.raw.once('close', end)
    try {
      return await act(controller.signal)
    } finally {
      clearTimeout(timer)
      reply.raw.off('close', end)
      this.#open.delete(controller)
      giveBack()
    }
  }

  /** All are answered, and none is held from now on. */
  end(): void {
    this.#ended = true
    for (const controller of this.#open) controller.abort()
  }

  #take(client: string): () => void {
    const { pollsPerClientMax } = this.#limits()
    const giveBack = this.#quota.take(client, pollsPerClientMax)
    if (giveBack !== null) return giveBack
    throw new RequestError(
      429,
      'too-many-polls',
      `${pollsPerClientMax} requests of '${client}' are held open here: let fewer wait at a time, or ask another node`,
    )
  }
}
