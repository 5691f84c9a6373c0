// What a cluster of real daemons needs from the machine. Asked before anything is started, so that a test can be
// skipped with a reason, and a user reads what to install instead of a failed system call.

import { accessSync, constants, readFileSync } from 'node:fs'
import { join } from 'node:path'

const capabilities = { CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21 } as const

/** Each program with the Debian package that has it. */
const packages = {
  corosync: 'corosync',
  'corosync-cfgtool': 'corosync',
  'corosync-quorumtool': 'corosync',
  env: 'coreutils',
  ip: 'iproute2',
  mount: 'mount',
  nsenter: 'util-linux',
  setpriv: 'util-linux',
  sh: 'dash',
  tc: 'iproute2',
  unshare: 'util-linux',
} as const

/** A program that clusters are made with. */
export type Program = keyof typeof packages

/** Why no cluster can be started here, with the remedy, or `null` when one can. */
export function clusterUnavailable(): string | null {
  if (process.platform !== 'linux') return `Corosync needs Linux; this is ${process.platform}.`
  const lacking = missingCapabilities()
  if (lacking.length > 0) return `Network namespaces need ${lacking.join(' and ')}; run as root.`
  const absent = (Object.keys(packages) as Program[]).filter((name) => find(name) === undefined)
  if (absent.length === 0) return null
  const wanted = new Set(absent.map((name) => packages[name]))
  return `${absent.join(', ')} not found; on Debian: apt-get install --no-install-recommends ${[...wanted].join(' ')}`
}

/**
 * The absolute path of a program.
 *
 * @throws {Error} it is not installed; says which package has it
 */
export function programPath(name: Program): string {
  const path = find(name)
  if (path === undefined) throw new Error(`${name} not found; on Debian: apt-get install ${packages[name]}`)
  return path
}

/** PATH with the system directories, which it often lacks under cron and sudo. */
export function searchPath(): string {
  return [process.env['PATH'] ?? '', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].filter(Boolean).join(':')
}

function find(name: string): string | undefined {
  const directories = searchPath().split(':').filter(Boolean)
  return directories.map((directory) => join(directory, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function missingCapabilities(): string[] {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  const bits = BigInt(`0x${effective}`)
  return Object.entries(capabilities)
    .filter(([, bit]) => ((bits >> BigInt(bit)) & 1n) === 0n)
    .map(([name]) => name)
}
