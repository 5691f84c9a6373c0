// However a runner ends, what it started ends with it.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { root, sourceArguments } from '../root.ts'
import { commandLine, findMarked, untilNoneMarked } from './marks.ts'

const limitMs = 60_000

/** Starts a runner; fulfilled with its mark when its hanging test and that test's daemon are up. */
async function startRunner(): Promise<{ runner: ChildProcess; mark: string }> {
  const runner = spawn(process.execPath, [...sourceArguments, 'scripts/fixtures/runner.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(runner.stdout as Readable), 'line')) as [string]
  const mark = line.replace('mark ', '')
  const until = performance.now() + limitMs
  const daemonRuns = (): boolean => findMarked(mark).some((pid) => commandLine(pid) === 'sleep 300')
  while (!daemonRuns() && performance.now() < until) await sleep(50)
  ok(daemonRuns())
  return { runner, mark }
}

for (const signals of [['SIGINT'], ['SIGTERM'], ['SIGHUP'], ['SIGINT', 'SIGINT']] as const) {
  test(`${signals.join(' and ')} end the tests and their daemons, then the runner with 1`, async () => {
    const { runner, mark } = await startRunner()
    const exited = once(runner, 'exit')
    for (const signal of signals) runner.kill(signal)
    equal(await exited, [1, null])
    equal(findMarked(mark), [])
  })
}

test('when the runner is killed, its tests take down what they started and end', async () => {
  const { runner, mark } = await startRunner()
  runner.kill('SIGKILL')
  await untilNoneMarked(mark, limitMs)
  equal(findMarked(mark), [])
})

test.run()
