// Whatever a run starts, it can find and end again: every process carries the run's mark in its environment and
// hands it on. A process group would lose a daemon that opens a session of its own, and a list of children loses
// those whose parent died.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const variable = 'QUORATE_TEST_MARK'

/** The mark of this process's run. A run inside a test hangs below that test's mark, so that it ends with it. */
export const runMark: string = [process.env[variable], `${process.pid}-${Date.now()}`]
  .filter(Boolean)
  .join('/')

/** This environment with a mark below the run's. */
export function markedEnvironment(mark: string): NodeJS.ProcessEnv {
  return { ...process.env, [variable]: mark }
}

/** The environment that a process was started with; '' when it is gone, or another user's. */
function startEnvironment(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1')
  } catch {
    return '' // It ended since the listing, or belongs to another user: either way it is none of ours.
  }
}

/** Pids of the living processes that carry `mark` or one below it. Empty where there is no /proc. */
export function findMarked(mark: string): number[] {
  if (!existsSync('/proc/self/environ')) return []
  const carries = (pid: string): boolean => {
    const environment = `\0${startEnvironment(pid)}\0`
    return environment.includes(`\0${variable}=${mark}\0`) || environment.includes(`\0${variable}=${mark}/`)
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && carries(name))
    .map(Number)
}

/** Sends a signal to a process, or to a group when `pid` is negative; false when it is gone already. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** Kills every process that carries `mark` or one below it. */
export function killMarked(mark: string): void {
  for (const pid of findMarked(mark)) signal(pid, 'SIGKILL')
}

/** Fulfilled when no process carries `mark`, at the latest after `limitMs`. */
export async function untilNoneMarked(mark: string, limitMs: number): Promise<void> {
  const until = performance.now() + limitMs
  while (findMarked(mark).length > 0 && performance.now() < until) await sleep(50)
}

/** What a process runs, for a message. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return '(ended meanwhile)'
  }
}
