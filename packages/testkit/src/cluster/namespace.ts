// A network, mount and host name of its own, held by one process. Nothing has a name on the host: the namespaces,
// and with them devices and file systems, last as long as a process is in them, and the kernel removes them after
// the last. The holder blocks on its stdin, which closes when this process ends, in whatever way; it then ends what
// programs have left in the namespace, and itself.

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { programPath, searchPath } from './availability.ts'
import { detach, ended, output } from './child.ts'
import { within } from './wait.ts'

// Takes a tenth of a second, on a machine that has time for it.
const startTimeoutMs = 15_000
const endTimeoutMs = 5000

// rp_filter off: packets may come over another device than the route back uses. No IPv6 on the devices: its
// neighbour discovery would be traffic that no test asked for.
const holderScript = `
  hostname=$1; shift
  for directory do mount -t tmpfs tmpfs "$directory"; done
  echo "$hostname" >/proc/sys/kernel/hostname
  for scope in all default; do echo 0 >/proc/sys/net/ipv4/conf/$scope/rp_filter; done
  if [ -e /proc/sys/net/ipv6/conf/default ]; then echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6; fi
  echo ready
  while read -r _; do :; done
  for attempt in 1 2 3 4 5; do
    left=
    for process in /proc/[0-9]*; do
      if [ "$process" != /proc/$$ ] && [ "$process/ns/net" -ef /proc/$$/ns/net ]; then
        left=1
        kill -KILL "\${process#/proc/}" 2>/dev/null || :
      fi
    done
    [ "$left" ] || exit 0
    sleep 0.1
  done`

/** How a program is started in a namespace: as with `child_process.spawn`, but as the user that runs the tests. */
export interface ProgramOptions extends Omit<SpawnOptions, 'shell' | 'uid' | 'gid' | 'argv0'> {
  /** This process's by default. */
  readonly cwd?: string
  /** This process's by default, with the system directories in PATH. */
  readonly env?: NodeJS.ProcessEnv
}

/** The namespaces of one machine of the cluster. */
export class Namespace {
  readonly #holder: ChildProcess
  readonly #programs = new Set<ChildProcess>()

  private constructor(holder: ChildProcess) {
    this.#holder = holder
  }

  /**
   * Makes the namespaces. Each of `directories` is an empty tmpfs in there.
   *
   * @throws {Error} the kernel or a security policy refuses; holds what the programs said
   */
  static async create(hostname: string, directories: readonly string[]): Promise<Namespace> {
    const unshare = ['--net', '--mount', '--uts', '--propagation', 'private']
    const sh = [programPath('sh'), '-ec', holderScript, 'holder', hostname, ...directories]
    // In a session of its own: Ctrl-C at the terminal is for the tests, which then close the cluster.
    const env = environment()
    const holder = spawn(programPath('unshare'), [...unshare, ...sh], { env, detached: true })
    try {
      await within(ready(holder), startTimeoutMs, `the namespaces of ${hostname}`)
    } catch (error) {
      holder.kill('SIGKILL')
      throw error
    }
    detach(holder)
    return new Namespace(holder)
  }

  /** The holder's process id. */
  get pid(): number {
    return this.#holder.pid ?? 0
  }

  /** Where a file of the namespace is found from outside. */
  path(file: string): string {
    return `/proc/${this.pid}/root${file}`
  }

  /** The command line that runs `command` in here. Each program replaces itself by the next: one process. */
  command(command: readonly string[], cwd: string): string[] {
    const enter = Object.entries({ net: 'net', mount: 'mnt', uts: 'uts' }).map(
      ([flag, name]) => `--${flag}=/proc/${this.pid}/ns/${name}`,
    )
    // Entering a mount namespace leads to its root directory, so the working directory has to be set again.
    return [programPath('nsenter'), ...enter, programPath('env'), `--chdir=${cwd}`, ...command]
  }

  /** Starts a program; its pid is the program's own, and it is killed when this process ends. */
  spawn(command: string, args: readonly string[], options: ProgramOptions = {}): ChildProcess {
    const { cwd = process.cwd(), env = environment(), ...rest } = options
    const entered = this.command([command, ...args], cwd)
    const child = spawn(programPath('setpriv'), ['--pdeathsig', 'KILL', ...entered], { env, ...rest })
    this.#programs.add(child)
    child.once('exit', () => this.#programs.delete(child))
    return child
  }

  /**
   * Runs `ip` once with many commands.
   *
   * @throws {Error} one of them fails; the error holds what ip said of which line
   */
  async ip(commands: readonly string[]): Promise<void> {
    const child = this.spawn(programPath('ip'), ['-batch', '-'], { cwd: '/' })
    const result = output(child)
    child.stdin?.end(commands.map((command) => `${command}\n`).join(''))
    const { code, stderr } = await result
    if (code !== 0) throw new Error(`ip failed: ${stderr.trim()}\n${commands.join('\n')}`)
  }

  /** Ends every program in here, also those that were left by others, then the holder. */
  async close(): Promise<void> {
    for (const child of this.#programs) child.kill('SIGKILL')
    this.#holder.stdin?.end()
    await within(ended(this.#holder), endTimeoutMs, 'the processes of a node to end')
    await within(Promise.all([...this.#programs].map(ended)), endTimeoutMs, 'the programs of a node to end')
  }
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: searchPath() }
}

async function ready(holder: ChildProcess): Promise<void> {
  const result = output(holder)
  const said = new Promise<void>((resolve) => holder.stdout?.once('data', () => resolve()))
  const failed = result.then(({ stderr }) => {
    throw new Error(`The namespaces of a node could not be made: ${stderr.trim()}`)
  })
  // The holder ends at close, long after anyone listens here.
  failed.catch(() => undefined)
  await Promise.race([said, failed])
}
