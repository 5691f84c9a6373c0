// One machine of the cluster, as far as a test can tell: it has its own network, host name, shared memory and
// corosync, and shares everything else with this machine.

import type { ChildProcess, ChildProcessWithoutNullStreams, StdioOptions } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { type CorosyncConf, formatCorosyncConf, parseCorosyncConf } from '@quorate/cmap-config'
import { addressOf } from './addresses.ts'
import { programPath } from './availability.ts'
import { type Output, output } from './child.ts'
import { confFile, hostnameOf, logFile } from './corosync-files.ts'
import { Daemon } from './daemon.ts'
import { DaemonLog } from './log.ts'
import type { Namespace, ProgramOptions } from './namespace.ts'
import { parseRingStatus, type RingStatus, ringStatusArgs } from './ring-status.ts'

const defaultTimeoutMs = 10_000
// A daemon that hangs answers nobody; the tool would wait for ever.
const statusTimeoutMs = 1000

/** Options of `exec`. */
export interface ExecOptions {
  /** This process's by default. */
  readonly cwd?: string
  /** This process's by default, with the system directories in PATH. */
  readonly env?: NodeJS.ProcessEnv
  /** Written to the program's stdin; nothing by default. */
  readonly input?: string | Uint8Array
  /** After this time the program is killed; 10,000 by default. */
  readonly timeoutMs?: number
}

/** A node of a `CorosyncCluster`. */
export class ClusterNode {
  /** The nodeid, from 1. */
  readonly id: number
  /** The IPv4 address of its only network device, `eth0`. */
  readonly address: string
  /** Its corosync. */
  readonly daemon: Daemon
  readonly #namespace: Namespace
  readonly #log: DaemonLog

  /** Made by `CorosyncCluster.start`. */
  constructor(id: number, namespace: Namespace) {
    this.id = id
    this.address = addressOf(id)
    this.#namespace = namespace
    this.#log = new DaemonLog(namespace.path(logFile), hostnameOf(id))
    this.daemon = new Daemon(namespace, this.#log, hostnameOf(id))
  }

  /**
   * Starts a program in the node. A normal child process: its `pid` is the program's, signals go to the program. It
   * is killed at the cluster's `close`, and when this process ends. A program that is not there ends with code 127.
   */
  spawn(
    command: string,
    args?: readonly string[],
    options?: ProgramOptions & { stdio?: 'pipe' | undefined },
  ): ChildProcessWithoutNullStreams
  spawn(
    command: string,
    args: readonly string[],
    options: ProgramOptions & { stdio: StdioOptions },
  ): ChildProcess
  spawn(command: string, args: readonly string[] = [], options: ProgramOptions = {}): ChildProcess {
    return this.#namespace.spawn(command, args, options)
  }

  /** Runs a program in the node to its end. Any exit code is an answer and no error. */
  exec(command: string, args: readonly string[] = [], options: ExecOptions = {}): Promise<Output> {
    const { input = '', timeoutMs = defaultTimeoutMs, ...rest } = options
    const child = this.spawn(command, args, { ...rest, timeout: timeoutMs, killSignal: 'SIGKILL' })
    const result = output(child)
    // A program may end without reading its input.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    return result
  }

  /** A command that opens a shell in the node, for a person to paste into a terminal. */
  get enterCommand(): string {
    return this.#namespace.command(['sh'], '/').join(' ')
  }

  /** Where this process finds a file of the node, such as `/etc/corosync/corosync.conf`. */
  path(file: string): string {
    return this.#namespace.path(file)
  }

  /** What the daemon has logged since its first start. */
  log(): string {
    return this.#log.text()
  }

  /**
   * The first match of `pattern` in the log, as soon as there is one. For what is still to come, give the length of
   * an earlier `log()` as `from`.
   *
   * @throws {Error} none within `timeoutMs` (10,000 by default)
   */
  waitForLog(
    pattern: RegExp,
    options: { readonly timeoutMs?: number; readonly from?: number } = {},
  ): Promise<RegExpExecArray> {
    return this.#log.waitFor(pattern, options.timeoutMs ?? defaultTimeoutMs, options.from)
  }

  /** The last lines of the log. */
  logTail(lines?: number): string {
    return this.#log.tail(lines)
  }

  /**
   * Changes the node's corosync.conf. The daemon reads it at its next start or `reload`; `totem.config_version`
   * stays as it is.
   */
  configure(edit: (conf: CorosyncConf) => void): void {
    const conf = parseCorosyncConf(readFileSync(this.path(confFile), 'utf8'))
    edit(conf)
    writeFileSync(this.path(confFile), formatCorosyncConf(conf))
  }

  /**
   * Makes the daemons read their configuration again: those of **all** nodes of the ring, that is how corosync does it.
   *
   * @throws {Error} a daemon refuses; holds what corosync-cfgtool said
   */
  async reload(): Promise<void> {
    const { code, stdout, stderr } = await this.exec(programPath('corosync-cfgtool'), ['-R'])
    if (code !== 0)
      throw new Error(`Reload through node${this.id} failed: ${stdout}${stderr}\n${this.logTail()}`)
  }

  /** The daemon's view of ring and quorum; `undefined` when it does not answer within a second. */
  async status(): Promise<RingStatus | undefined> {
    if (!this.daemon.running) return undefined
    const tool = programPath('corosync-quorumtool')
    const { stdout } = await this.exec(tool, ringStatusArgs, { timeoutMs: statusTimeoutMs })
    return parseRingStatus(stdout)
  }
}
