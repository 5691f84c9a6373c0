// The corosync process of one node: a direct child in the foreground, so that signals go to it and to nothing else.

import type { ChildProcess } from 'node:child_process'
import { closeSync } from 'node:fs'
import { programPath } from './availability.ts'
import { detach, ended, isAlive } from './child.ts'
import { confFile } from './corosync-files.ts'
import type { DaemonLog } from './log.ts'
import type { Namespace } from './namespace.ts'
import { waitFor, within } from './wait.ts'

// Loading alone takes a quarter of a second; the first membership may have to wait for a consensus.
const startTimeoutMs = 15_000
// A graceful end takes up to three seconds: the node says good-bye, and knet waits for its links.
const stopTimeoutMs = 15_000
const killTimeoutMs = 5000

const readyPattern = /Completed service synchronization, ready to provide service/

/** Starts, signals and ends one node's corosync. */
export class Daemon {
  readonly #namespace: Namespace
  readonly #log: DaemonLog
  readonly #owner: string
  #process: ChildProcess | undefined

  constructor(namespace: Namespace, log: DaemonLog, owner: string) {
    this.#namespace = namespace
    this.#log = log
    this.#owner = owner
  }

  /** True from `start` until the process has ended; a stopped (SIGSTOP) daemon is running. */
  get running(): boolean {
    return this.#process !== undefined && isAlive(this.#process)
  }

  /** The process id on this machine; `undefined` when it is not running. */
  get pid(): number | undefined {
    return this.running ? this.#process?.pid : undefined
  }

  /**
   * Starts corosync; fulfilled when it serves its clients, which it does alone or with others.
   *
   * @throws {Error} it is running already, or it ended (a bad configuration, say); holds the end of its log
   */
  async start(): Promise<void> {
    if (this.running) throw new Error(`The daemon of ${this.#owner} is running already.`)
    const before = this.#log.text().length
    const child = this.#spawn()
    this.#process = child
    await waitFor({
      what: `the daemon of ${this.#owner} to be ready`,
      timeoutMs: startTimeoutMs,
      intervalMs: 20,
      look: () => this.#isReady(child, before),
      seen: () => `The last lines of its log:\n${this.#log.tail()}`,
    })
  }

  /**
   * Ends corosync as its service manager would (SIGTERM): the others hear that it leaves. Does nothing when it is
   * not running.
   *
   * @throws {Error} it does not end in time, as when it is stopped (SIGSTOP)
   */
  async stop(): Promise<void> {
    await this.#end('SIGTERM', stopTimeoutMs)
  }

  /** `stop`, then `start`. */
  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  /**
   * Sends a signal: SIGKILL is a crash, SIGSTOP a hang, SIGCONT the end of the hang. Fulfilled at once, and for
   * SIGKILL when the process has ended.
   *
   * @throws {Error} it is not running
   */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (!this.running)
      throw new Error(`The daemon of ${this.#owner} is not running: no process for ${signal}.`)
    if (signal === 'SIGKILL') await this.#end(signal, killTimeoutMs)
    else this.#process?.kill(signal)
  }

  async #end(signal: NodeJS.Signals, timeoutMs: number): Promise<void> {
    if (this.#process === undefined) return
    this.#process.kill(signal)
    await within(ended(this.#process), timeoutMs, `the daemon of ${this.#owner} to end after ${signal}`)
  }

  #spawn(): ChildProcess {
    const log = this.#log.open()
    try {
      const args = ['-f', '-c', confFile]
      const stdio = ['ignore', log, log] as const
      const child = this.#namespace.spawn(programPath('corosync'), args, {
        cwd: '/',
        stdio: [...stdio],
        detached: true,
      })
      detach(child)
      return child
    } finally {
      closeSync(log)
    }
  }

  #isReady(child: ChildProcess, from: number): true | undefined {
    if (readyPattern.test(this.#log.text(from))) return true
    if (isAlive(child)) return undefined
    const how = child.signalCode ?? `exit code ${child.exitCode}`
    throw new Error(`The daemon of ${this.#owner} ended while starting (${how}):\n${this.#log.tail()}`)
  }
}
