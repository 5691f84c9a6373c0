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
  try {
    for (let { done, value } = left.next(); done !== true; { done, value } = left.next()) {
      child.send(value)
      take((await answer(child)) as Result)
    }
  } finally {
    child.kill()
  }
}

async function answer(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`A worker of the simulation ended with code ${code}; what it said stands above.`)
  })
  const [result] = await Promise.race([once(child, 'message'), ended])
  return result
}
