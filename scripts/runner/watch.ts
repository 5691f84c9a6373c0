// Watches the process of a test file to its end, and sees to it that nothing of it is left afterwards.

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { commandLine, findMarked, killMarked, signal, untilNoneMarked } from './marks.ts'
import { readSummaries } from './summary.ts'
import type { Ending } from './verdict.ts'

/** A started test process, which leads a process group and carries `mark`. */
export interface Watched {
  readonly child: ChildProcess
  readonly mark: string
  readonly deadlineMs: number
  /** For the exit after the summary, for taking down after SIGTERM, and for what it started to end after it. */
  readonly graceMs: number
}

/** Longer than a summary, so that one that arrives in pieces is seen. */
const summaryCharsMax = 300

/** SIGKILL works at once, but the kernel buries a process in its own time. */
const killedWithinMs = 2000

/** Takes in what a process prints. `summarized` is fulfilled once a summary is among it. */
function collect(child: ChildProcess): { text: () => string; summarized: Promise<void> } {
  let output = ''
  const summarized = new Promise<void>((resolve) => {
    const add = (text: string): void => {
      const tail = output.slice(-summaryCharsMax) + text
      output += text
      if (readSummaries(tail).length > 0) resolve()
    }
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', add)
  })
  return { text: () => output, summarized }
}

/** What comes first: the end of the process, its deadline, or the end of the grace after its summary. */
async function untilOver(
  { deadlineMs, graceMs }: Watched,
  exited: Promise<unknown>,
  summarized: Promise<void>,
) {
  const stopwatch = new AbortController()
  const after = (ms: number, cause: Ending['cause']): Promise<Ending['cause']> =>
    sleep(ms, cause, { signal: stopwatch.signal })
  const cause = await Promise.race([
    exited.then((): Ending['cause'] => 'itself'),
    after(deadlineMs, 'deadline'),
    summarized.then(() => after(graceMs, 'handles')),
  ])
  stopwatch.abort()
  return cause
}

/** Asks the process to end, so that it can take down what it started; then ends its group. */
async function takeDown({ child, graceMs }: Watched, exited: Promise<unknown>): Promise<void> {
  const pid = child.pid as number
  signal(pid, 'SIGTERM')
  await Promise.race([exited, sleep(graceMs, undefined, { ref: false })])
  signal(-pid, 'SIGKILL')
  await exited
}

/** Kills what still runs under `mark` after `graceMs`, and says what it was. */
async function endLeftovers(mark: string, graceMs: number): Promise<string[]> {
  await untilNoneMarked(mark, graceMs)
  const leftovers = findMarked(mark).map(commandLine)
  killMarked(mark)
  await untilNoneMarked(mark, killedWithinMs)
  return leftovers
}

/** False when somebody who lost the mark holds the output open; it is let go of then. */
async function outputEnds({ child, graceMs }: Watched, closed: Promise<unknown>): Promise<boolean> {
  const ended = await Promise.race([closed.then(() => true), sleep(graceMs, false, { ref: false })])
  child.stdout?.destroy()
  child.stderr?.destroy()
  return ended
}

/** Fulfilled when the process and all that it started have ended, by themselves or killed. */
export async function watch(watched: Watched): Promise<Ending> {
  const { child, mark, graceMs } = watched
  const closed = once(child, 'close')
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>
  const { text, summarized } = collect(child)
  const cause = await untilOver(watched, exited, summarized)
  if (cause !== 'itself') await takeDown(watched, exited)
  const leftovers = await endLeftovers(mark, cause === 'itself' ? graceMs : 0)
  if (!(await outputEnds(watched, closed))) leftovers.push('(unknown, but it holds the output open)')
  const [code, name] = await exited
  return { output: text(), cause, status: name ?? code ?? 1, leftovers }
}
