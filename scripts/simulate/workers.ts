// Worker processes that take one job after the other.

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Job, JobResult } from './jobs.ts'

const worker = fileURLToPath(new URL('worker.ts', import.meta.url))

/** Has all `jobs` done by so many processes, and hands over each result as it comes. */
export async function runJobs<Result extends JobResult>(
  jobs: Iterable<Job>,
  processes: number,
  take: (result: Result) => void,
): Promise<void> {
  const left = jobs[Symbol.iterator]()
  await Promise.all(Array.from({ length: processes }, () => work(left, take)))
}

async function work<Result extends JobResult>(
  left: Iterator<Job>,
  take: (result: Result) => void,
): Promise<void> {
  const child = fork(worker, { serialization: 'advanced' })
  const ended = endOf(child)
  try {
    for (let { done, value } = left.next(); done !== true; { done, value } = left.next()) {
      child.send(value)
      const [result] = await Promise.race([once(child, 'message'), ended])
      take(result as Result)
    }
  } finally {
    // From now on its end is what is wanted.
    ended.catch(() => {})
    child.kill()
  }
}

async function endOf(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit')
  throw new Error(`A worker of the simulation ended with code ${code}; what it said stands above.`)
}
