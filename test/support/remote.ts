// Programs of tests that run inside the nodes of a cluster: called and listened to from the test over node's own
// IPC channel, which carries bigints and bytes.

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ClusterNode } from '@quorate/testkit'

/** An error of the program's, as it came over. */
export interface RemoteError {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly call?: string
}

type Answer = { id: number; value?: unknown; error?: RemoteError } | { events: unknown[] }

const pollMs = 5
const waitTimeoutMs = 20_000

/** One program in a node. `Event` is what it reports by itself, in order. */
export class Remote<Event> {
  readonly child: ChildProcess
  /** Everything reported so far. */
  readonly events: Event[] = []
  /** What the program wrote to stderr: uncaught exceptions among it. */
  stderr = ''
  readonly #calls = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  readonly #where: string
  #ids = 0

  private constructor(child: ChildProcess, where: string) {
    this.child = child
    this.#where = where
    child.on('message', (answer: Answer) => this.#take(answer))
    child.stderr?.on('data', (text: Buffer) => {
      this.stderr += text.toString()
    })
    child.on('exit', (code, signal) => this.#failCalls(`ended with ${code ?? signal}: ${this.stderr}`))
  }

  /** Starts test/support/programs/NAME.ts in `node`, with these options of Node; ready when this is fulfilled. */
  static async start<Event>(
    node: ClusterNode,
    name: string,
    options: readonly string[] = [],
  ): Promise<Remote<Event>> {
    const file = fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url))
    const child = node.spawn(process.execPath, [...process.execArgv, ...options, file], {
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      serialization: 'advanced',
    })
    const remote = new Remote<Event>(child, `${name} on node ${node.id}`)
    await remote.call('ready')
    return remote
  }

  get pid(): number {
    return this.child.pid as number
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** Calls an operation of the program. Its error comes with its name, code and message. */
  call<T>(operation: string, ...args: unknown[]): Promise<T> {
    const id = ++this.#ids
    return new Promise<T>((resolve, reject) => {
      this.#calls.set(id, { resolve: resolve as (value: unknown) => void, reject })
      this.child.send({ id, operation, args }, (error) => {
        if (error !== null) reject(new Error(`${this.#where}: ${error.message}`))
      })
    })
  }

  /** Waits until the events fulfil `condition`; fails with them when they do not in time. */
  async waitFor(
    what: string,
    condition: (events: readonly Event[]) => boolean,
    timeoutMs = waitTimeoutMs,
  ): Promise<void> {
    const endMs = performance.now() + timeoutMs
    while (!condition(this.events)) {
      if (performance.now() > endMs) {
        throw new Error(
          `${this.#where}: no ${what} within ${timeoutMs} ms; it reported:\n${this.#lastEvents()}`,
        )
      }
      await sleep(pollMs)
    }
  }

  /** Sends a signal to the program, and waits for its end if that ends it. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.child.kill(signal)
    if (signal === 'SIGKILL' && this.running) {
      await once(this.child, 'exit')
    }
  }

  #take(answer: Answer): void {
    if ('events' in answer) {
      this.events.push(...(answer.events as Event[]))
      return
    }
    const call = this.#calls.get(answer.id)
    this.#calls.delete(answer.id)
    if (answer.error === undefined) call?.resolve(answer.value)
    else call?.reject(Object.assign(new Error(answer.error.message), answer.error))
  }

  #failCalls(why: string): void {
    for (const { reject } of this.#calls.values()) reject(new Error(`${this.#where} ${why}`))
    this.#calls.clear()
  }

  #lastEvents(): string {
    const text = (_key: string, value: unknown): unknown => {
      if (typeof value === 'bigint') return `${value}n`
      return value instanceof Uint8Array ? `<${value.length} bytes>` : value
    }
    return this.events
      .slice(-30)
      .map((event) => JSON.stringify(event, text))
      .join('\n')
  }
}
