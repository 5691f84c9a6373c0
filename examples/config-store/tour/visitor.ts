// The client of the tour: asks nodes over HTTP, as any client does, and tells what it asked and was answered.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Stage } from '../../stage/stage.ts'
import { type Change, changes } from './changes.ts'
import type { Body, Exchange, Tell } from './narrator.ts'

const patienceMs = 60_000
const answerMs = 10_000
const pollMs = 20

export interface Question {
  readonly value?: string
  readonly headers?: Readonly<Record<string, string>>
}

export class Visitor {
  readonly stage: Stage
  readonly tell: Tell
  readonly #signal: AbortSignal

  constructor(stage: Stage, tell: Tell, signal: AbortSignal) {
    this.stage = stage
    this.tell = tell
    this.#signal = signal
  }

  chapter(title: string): void {
    this.tell({ event: 'chapter', title })
  }

  note(text: string): void {
    this.tell({ event: 'note', text })
  }

  /** Asks, and tells of it. `request` is a method and a path. */
  async ask(node: number, request: string, question: Question = {}): Promise<Exchange> {
    const exchange = await this.askQuietly(node, request, question)
    this.tell(exchange)
    return exchange
  }

  async askQuietly(node: number, request: string, { value, headers = {} }: Question = {}): Promise<Exchange> {
    const [method = '', path = ''] = request.split(' ')
    const response = await this.#fetch(node, path, { method, headers, body: value ?? null })
    const body = (await response.json()) as Body
    return {
      event: 'request',
      node,
      method,
      path,
      headers,
      value: value ?? null,
      status: response.status,
      body,
    }
  }

  /** The changes of the keys below `prefix`, as a client of the node sees them, from the first on. */
  watch(node: number, prefix: string): AsyncGenerator<Change, void, void> {
    return changes(`${this.stage.url(node)}/watch?prefix=${prefix}`, this.#signal)
  }

  /** Waits until each of `nodes` says that it can commit, or that it cannot. */
  async until(nodes: readonly number[], healthy: boolean): Promise<void> {
    const endMs = performance.now() + patienceMs
    for (const node of nodes) {
      while ((await this.#isHealthy(node)) !== healthy) {
        if (performance.now() > endMs) throw await this.#late(node, healthy)
        await sleep(pollMs, undefined, { signal: this.#signal })
      }
    }
  }

  #fetch(node: number, path: string, init: RequestInit = {}): Promise<Response> {
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(answerMs)])
    return fetch(`${this.stage.url(node)}${path}`, { ...init, signal })
  }

  /** A node that is only starting does not answer yet. */
  async #isHealthy(node: number): Promise<boolean | undefined> {
    return this.#fetch(node, '/healthz').then(
      ({ ok }) => ok,
      () => undefined,
    )
  }

  async #late(node: number, healthy: boolean): Promise<Error> {
    const found = await this.#fetch(node, '/status').then(
      (response) => response.text(),
      (error: Error) =>
        `it does not answer (${(error.cause as Error | undefined)?.message ?? error.message})`,
    )
    const wanted = healthy ? 'commit' : 'refuse'
    return new Error(`Node ${node} should ${wanted}, and does not within ${patienceMs} ms: ${found}`)
  }
}
