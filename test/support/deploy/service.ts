// The stand-in for systemd: the life of one unit of Type=notify, as systemd.service(5) has it, and no more of that than
// the page relies on. No init system runs in a test.

import type { ChildProcess } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import type { ClusterNode } from '@quorate/testkit'
import { NotifySocket } from '../notify-socket.ts'
import { UnitFile } from './unit-file.ts'

/** In the place of the page's own user, which adduser makes: Debian has this one everywhere. */
export const user = { for: 'config-store', name: 'nobody', group: 'nogroup', uid: 65_534, gid: 65_534 }

const pollMs = 50
const notifyPath = '/run/notify'

type State = 'inactive' | 'activating' | 'active' | 'deactivating' | 'failed'

/** Whoever waits for the end of a start. */
interface Waiting {
  resolve(): void
  reject(error: Error): void
}

export class Service {
  readonly #node: ClusterNode
  readonly #unitPath: string
  readonly #socket: NotifySocket
  readonly #poll: NodeJS.Timeout
  #unit = new UnitFile('')
  #child: ChildProcess | undefined
  #state: State = 'inactive'
  #text = ''
  #startsMs: number[] = []
  #signMs = 0
  #restart: NodeJS.Timeout | undefined
  #waiting: Waiting[] = []
  /** How often it was started since the test began. */
  starts = 0
  /** What it has written to its standard error. */
  stderr = ''

  constructor(node: ClusterNode, unitPath: string) {
    this.#node = node
    this.#unitPath = unitPath
    this.#socket = new NotifySocket(node.path(notifyPath))
    // Everybody may write to it, as to systemd's.
    chmodSync(node.path(notifyPath), 0o666)
    this.#poll = setInterval(() => this.#look(), pollMs).unref()
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  get state(): State {
    return this.#state
  }

  /** What `systemctl status` says of it. */
  get status(): string {
    return `Active: ${this.#state}\nStatus: "${this.#text}"\n`
  }

  /** Fulfilled when it is ready; rejected when this start has failed, though it is tried again. */
  start(): Promise<void> {
    if (this.#state === 'active') return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      if (this.#state !== 'activating') this.#begin()
    })
  }

  async stop(): Promise<void> {
    clearTimeout(this.#restart)
    const child = this.#child
    this.#state = child === undefined ? 'inactive' : 'deactivating'
    if (child === undefined) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
  }

  /** As by a crash: it is started again if the unit says so. */
  crash(): void {
    this.#child?.kill('SIGKILL')
  }

  /** As by the host's switch: nothing is left that could start it again. */
  powerOff(): void {
    clearTimeout(this.#restart)
    this.#state = 'deactivating'
    this.#child?.kill('SIGKILL')
  }

  async close(): Promise<void> {
    await this.stop()
    clearInterval(this.#poll)
    this.#socket.close()
  }

  #begin(): void {
    this.#unit = new UnitFile(readFileSync(this.#unitPath, 'utf8'))
    if (this.#limitHit()) this.#fail('start-limit-hit: it was started too often')
    else this.#run()
  }

  #run(): void {
    this.#state = 'activating'
    this.starts++
    this.#prepareRuntimeDirectory()
    this.#child = this.#spawn()
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.#child.once('exit', (code, signal) => this.#ended(code, signal))
  }

  /** StartLimitBurst= is 5 where the unit does not say. */
  #limitHit(): boolean {
    const nowMs = performance.now()
    const intervalMs = this.#unit.ms('StartLimitIntervalSec', 10_000)
    this.#startsMs = this.#startsMs.filter((startMs) => nowMs - startMs < intervalMs)
    return this.#startsMs.push(nowMs) > 5 && intervalMs > 0
  }

  #spawn(): ChildProcess {
    const watchdogMs = this.#unit.ms('WatchdogSec', 0)
    const environment = [
      ...this.#unit.all('Environment'),
      `NOTIFY_SOCKET=${notifyPath}`,
      ...(watchdogMs > 0 ? [`WATCHDOG_USEC=${watchdogMs * 1000}`] : []),
    ]
    const cwd = this.#unit.text('WorkingDirectory')
    const enter = ['env', '--ignore-environment', `--chdir=${cwd}`, 'PATH=/usr/bin:/bin', ...environment]
    const command = [...identityOf(this.#unit), ...enter, ...this.#unit.text('ExecStart').split(' ')]
    return this.#node.spawn('setpriv', command, { cwd: '/', stdio: ['ignore', 'inherit', 'pipe'] })
  }

  /** As at the start; it is removed at the end of each run. */
  #prepareRuntimeDirectory(): void {
    const name = this.#unit.get('RuntimeDirectory')
    if (name === undefined) return
    const folder = this.#node.path(`/run/${name}`)
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { mode: Number.parseInt(this.#unit.text('RuntimeDirectoryMode'), 8) })
    chownSync(folder, user.uid, user.gid)
  }

  #look(): void {
    for (const assignment of this.#socket.received().flat()) this.#heard(assignment)
    const watchdogMs = this.#unit.ms('WatchdogSec', 0)
    // It watches once the start is over.
    if (this.#state !== 'active' || watchdogMs === 0 || performance.now() - this.#signMs < watchdogMs) return
    // As systemd does: a stopped process would not hear the one without the other.
    for (const signal of ['SIGABRT', 'SIGCONT'] as const) this.#child?.kill(signal)
  }

  #heard(assignment: string): void {
    const [name, ...rest] = assignment.split('=')
    if (name === 'STATUS') this.#text = rest.join('=')
    if (name === 'WATCHDOG') this.#signMs = performance.now()
    if (name !== 'READY' || this.#state !== 'activating') return
    this.#state = 'active'
    this.#signMs = performance.now()
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    this.#child = undefined
    if (this.#state === 'deactivating' || code === 0) {
      this.#state = 'inactive'
      return
    }
    this.#fail(`it ended with ${code ?? signal}`)
    if (this.#unit.get('Restart') !== 'on-failure') return
    this.#state = 'activating'
    this.#restart = setTimeout(() => this.#begin(), this.#unit.ms('RestartSec', 100)).unref()
  }

  #fail(how: string): void {
    this.#state = 'failed'
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(`${how}\n${this.stderr}`))
  }
}

/** A unit that names nobody runs as root. */
function identityOf(unit: UnitFile): string[] {
  const name = unit.get('User')
  if (name === undefined) return []
  if (name !== user.for) throw new Error(`User=${name} is not the user that the page makes, ${user.for}`)
  return [`--reuid=${user.name}`, `--regid=${user.group}`, '--clear-groups']
}
