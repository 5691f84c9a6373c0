// Runs one test file in a process of its own and judges it.

import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'
import { join } from 'node:path'
import { root, sourceArguments } from '../root.ts'
import { readDeadlineMs } from './deadline.ts'
import { forgottenRuns } from './forgotten-run.ts'
import { markedEnvironment, runMark } from './marks.ts'
import { judge, refuse, type Verdict } from './verdict.ts'
import { watch } from './watch.ts'

/** What is known of a test file after it ran. */
export interface FileResult extends Verdict {
  /** Below the root. */
  readonly path: string
  /** stdout and stderr. */
  readonly output: string
  readonly durationMs: number
}

export interface RunFileOptions {
  /** Instead of what the file asks for. */
  readonly deadlineMs?: number
  /** See `Watched`; 5 s unless told. */
  readonly graceMs?: number
  /** By so much it yields to others, as by nice(1); so does what it starts. */
  readonly niceness?: number
  /** Added to the environment. */
  readonly environment?: NodeJS.ProcessEnv
}

let filesStarted = 0

function start(path: string, mark: string, environment: NodeJS.ProcessEnv): ChildProcess {
  const lifeline = join(root, 'scripts/runner/lifeline.mjs')
  const { FORCE_COLOR: _, ...inherited } = markedEnvironment(mark)
  return spawn(process.execPath, [...sourceArguments, '--import', lifeline, path], {
    cwd: root,
    detached: true, // A group of its own: Ctrl-C comes to the runner alone, which then ends all.
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...inherited, NO_COLOR: '1', QUORATE_TEST_RUNNER: String(process.pid), ...environment },
  })
}

/** Before it has started anything. */
function lowerPriority({ pid }: ChildProcess, niceness: number): void {
  if (pid !== undefined) setPriority(pid, Math.min(getPriority() + niceness, constants.priority.PRIORITY_LOW))
}

/** What a source gives away without being run. */
function sourceFaults(source: string): string[] {
  const { fault } = readDeadlineMs(source)
  const forgotten = forgottenRuns(source).map(
    (name) => `${name}.run() does not follow the last use of ${name}.`,
  )
  return fault === undefined ? forgotten : [fault, ...forgotten]
}

async function verdictOf(path: string, options: RunFileOptions): Promise<Verdict & { output: string }> {
  const source = readFileSync(join(root, path), 'utf8')
  const faults = sourceFaults(source)
  if (faults.length > 0) return { ...refuse(faults), output: '' }
  const mark = `${runMark}/${++filesStarted}`
  const { deadlineMs = readDeadlineMs(source).deadlineMs, graceMs = 5000, environment = {} } = options
  const child = start(path, mark, environment)
  if (options.niceness !== undefined) lowerPriority(child, options.niceness)
  const ending = await watch({ child, mark, deadlineMs, graceMs })
  return { ...judge(ending), output: ending.output }
}

/** Runs a test file. Fulfilled, never rejected for what the test does, when none of its processes is left. */
export async function runFile(path: string, options: RunFileOptions = {}): Promise<FileResult> {
  const startedAt = performance.now()
  const verdict = await verdictOf(path, options)
  return { ...verdict, path, durationMs: performance.now() - startedAt }
}
