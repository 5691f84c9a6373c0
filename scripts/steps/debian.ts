// Brings Debian's Corosync when it is missing, for the tests that run real daemons.
//
// Debian starts a service when it is installed; a test suite must not turn the machine into a cluster node. So the
// installation runs with SYSTEMD_OFFLINE=1, with which systemctl ignores "start", and RUNLEVEL=1, with which
// invoke-rc.d finds nothing to start under sysvinit. Both live in the environment of this one installation:
// unlike policy-rc.d or a mask, nothing of them can stay behind, and two runs cannot disturb each other.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Step, StepFailure } from './step.ts'

const wanted = [
  'corosync',
  'libcpg4',
  'libcmap4',
  'libquorum5',
  'libvotequorum8',
  'iproute2',
  'util-linux',
  'strace',
] as const

/** Those of `names` that dpkg does not say are installed. */
export function missingPackages(names: readonly string[] = wanted): string[] {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills it in
  const format = '--showformat=${Package} ${db:Status-Status}\n'
  // It ends with 1 when it does not know one of them, and still lists the others.
  const { stdout } = spawnSync('dpkg-query', ['--show', format, ...names], { encoding: 'utf8' })
  const installed = new Set((stdout ?? '').split('\n').map((line) => line.replace(/ installed$/, '')))
  return names.filter((name) => !installed.has(name))
}

/** Runs apt-get after whoever else does: our own runs by the lock, others by apt's waiting. */
function aptGet(...arguments_: string[]): boolean {
  const command = ['apt-get', '-o', 'DPkg::Lock::Timeout=300', '-y', '-q', ...arguments_]
  const { status } = spawnSync('flock', [join(tmpdir(), 'quorate-apt.lock'), ...command], {
    stdio: ['ignore', 2, 2], // stdout may be a program's: `npm run bench -- NAME --json`.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', SYSTEMD_OFFLINE: '1', RUNLEVEL: '1' },
  })
  return status === 0
}

/**
 * Installs Debian packages.
 *
 * @throws {StepFailure} apt-get is missing, or could not; it has said why on stderr
 */
export function install(names: readonly string[]): void {
  console.log(`Installing ${names.join(', ')} with apt-get ...`)
  aptGet('update') // When it fails, the lists at hand may still do: what counts is the installation.
  if (!aptGet('install', '--no-install-recommends', ...names)) {
    throw new StepFailure(
      `apt-get could not install ${names.join(', ')}; install them by hand, then try again.`,
    )
  }
  if (!existsSync('/run/systemd/system') || !names.includes('corosync')) return
  console.log('Debian starts corosync at the next boot; "systemctl disable corosync" if that is not wanted.')
}

const hasApt = existsSync('/usr/bin/apt-get')
const isRoot = process.getuid?.() === 0

/** The installation of what is missing, as a step; none when nothing is, or when it cannot be done here. */
export function corosyncSteps(): Step[] {
  const missing = hasApt && isRoot ? missingPackages() : []
  return missing.length === 0 ? [] : [{ name: 'corosync', run: async () => install(missing) }]
}

/** Tells what is missing, and what that means for tests, where it cannot be installed. */
export function explainMissing(): void {
  if (!hasApt) {
    console.log('This is no Debian: tests with real Corosync daemons are skipped where it is not installed.')
    return
  }
  const missing = isRoot ? [] : missingPackages()
  if (missing.length === 0) return
  console.log(`Missing: ${missing.join(', ')}. Tests that need them are skipped.`)
  console.log(`As root: apt-get install --no-install-recommends ${missing.join(' ')}`)
}
