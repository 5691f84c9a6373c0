// The runner's end: one process with a replica, in a node of a cluster.

import type { ChildProcess } from 'node:child_process'
import { extname } from 'node:path'
import { ended, isAlive } from '../cluster/child.ts'
import type { ClusterNode } from '../cluster/node.ts'
import { waitFor } from '../cluster/wait.ts'
import { instantMs } from './instant.ts'
import type {
  AnswerMessage,
  ClientInput,
  Orders,
  Outcome,
  ReplicaSettings,
  ReplicaStanding,
  Report,
} from './orders.ts'

const waitTimeoutMs = 20_000
const stderrCharsMax = 100_000

interface Waiting {
  resolve(answer: unknown): void
  reject(error: Error): void
}

/** A report and when it came, on the clock of histories. */
export interface TimedReport extends Report {
  readonly atMs: number
}

export interface ReplicaProcessOptions {
  /** A program that calls `serveReplica`. */
  readonly program: string
  readonly settings: ReplicaSettings
  readonly onReport?: (report: TimedReport) => void
  /** It has ended, and not by `kill`, nor by the order `close`. */
  readonly onCrash?: (lastWords: string) => void
}

/** A replica in a process of its own. */
export class ReplicaProcess {
  readonly nodeid: number
  /** All that it has reported. */
  readonly reports: TimedReport[] = []
  /** The end of what it has written to stderr. */
  stderr = ''
  readonly #child: ChildProcess
  readonly #onReport: (report: TimedReport) => void
  readonly #waiting = new Map<number, Waiting>()
  #lastNumber = 0
  #mayEnd = false
  #hasClosed = false

  /** Starts the program in `node`; it opens its replica by itself. */
  constructor(node: ClusterNode, options: ReplicaProcessOptions) {
    const { program, settings, onReport = () => {}, onCrash = () => {} } = options
    this.nodeid = node.id
    this.#onReport = onReport
    const args = [...loaderOf(program), program, JSON.stringify(settings)]
    this.#child = node.spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    this.#child.on('message', (message) => this.#take(message as AnswerMessage))
    this.#child.stderr?.on('data', (text: Buffer) => {
      this.stderr = (this.stderr + text.toString()).slice(-stderrCharsMax)
    })
    // `close` and not `exit`: by then all that it has written has come.
    this.#child.on('close', () => {
      this.#hasClosed = true
      this.#failAll()
      if (!this.#mayEnd) onCrash(this.#lastWords())
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** True until it has ended; a stopped process is alive. */
  get alive(): boolean {
    return isAlive(this.#child)
  }

  /**
   * Has the process do something.
   *
   * @throws {Error} it could not, or has ended
   */
  order<Kind extends keyof Orders>(
    kind: Kind,
    asked: Orders[Kind]['asked'],
  ): Promise<Orders[Kind]['answer']> {
    const number = ++this.#lastNumber
    if (kind === 'close') this.#mayEnd = true
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve: resolve as (answer: unknown) => void, reject })
      // What cannot be sent is not answered: the process is ending, and its end fails all that wait.
      if (this.#child.connected) this.#child.send({ number, kind, asked }, () => {})
      else if (this.#hasClosed) this.#failAll()
    })
  }

  /** One operation of a client. The outcome is `unknown` when the process ends before it has answered. */
  async perform(input: ClientInput, deadlineMs: number): Promise<Outcome> {
    const invokedAt = instantMs()
    try {
      return await this.order('client', { input, deadlineMs })
    } catch (error) {
      if (this.alive) throw error
      const became = input.type === 'read' ? 'unapplied' : 'unknown'
      return { invokedAt, returnedAt: instantMs(), became, code: 'ProcessEnded' }
    }
  }

  /**
   * Waits for a report.
   *
   * @param from how many of the reports are not looked at
   * @throws {Error} it does not come in time; holds what came
   */
  waitForReport(event: string, from = 0, timeoutMs: number = waitTimeoutMs): Promise<TimedReport> {
    return waitFor({
      what: `'${event}' from the replica on node ${this.nodeid}`,
      ...{ timeoutMs, intervalMs: 10 },
      look: () => this.reports.slice(from).find((report) => report.event === event),
      seen: () => this.#lastWords(),
    })
  }

  /**
   * Waits until the replica's standing is what is asked for.
   *
   * @throws {Error} not in time; holds the last standing and what came
   */
  async waitForStanding(
    what: string,
    holds: (standing: ReplicaStanding) => boolean,
    timeoutMs: number = waitTimeoutMs,
  ): Promise<ReplicaStanding> {
    let last: ReplicaStanding | null = null
    return waitFor({
      what: `the replica on node ${this.nodeid} to be ${what}`,
      ...{ timeoutMs, intervalMs: 20 },
      look: async () => {
        last = await this.order('standing', null)
        return last !== null && holds(last) ? last : undefined
      },
      seen: () => `It is: ${JSON.stringify(last)}\n${this.#lastWords()}`,
    })
  }

  /** Sends a signal; for SIGKILL fulfilled when the process has ended. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (signal === 'SIGKILL') this.#mayEnd = true
    this.#child.kill(signal)
    if (signal === 'SIGKILL') await ended(this.#child)
  }

  #take(message: AnswerMessage): void {
    if ('event' in message) this.#note(message)
    else {
      const waiting = this.#waiting.get(message.number)
      this.#waiting.delete(message.number)
      if ('error' in message) waiting?.reject(new Error(`Node ${this.nodeid}: ${message.error}`))
      else waiting?.resolve(message.answer)
    }
  }

  #note(report: Report): void {
    const timed = { ...report, atMs: instantMs() }
    this.reports.push(timed)
    // What comes when it has been killed was said before, and holds no more.
    if (!this.#mayEnd) this.#onReport(timed)
  }

  #failAll(): void {
    const error = new Error(`The process on node ${this.nodeid} has ended. ${this.#lastWords()}`)
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }

  #lastWords(): string {
    const lines = this.reports.slice(-20).map(({ event, text }) => `  ${event} ${text}`)
    return `It reported last:\n${lines.join('\n')}\n${this.stderr}`
  }
}

/** From source a program needs what this process was started with to read TypeScript. */
function loaderOf(program: string): readonly string[] {
  return extname(program) === '.ts' ? process.execArgv : []
}
