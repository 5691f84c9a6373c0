// deadline: 240 s
// 60 seconds of the nemesis on three nodes and, beside it, on five and on three with storage, by its command line; and
// what else that does.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { NemesisResult } from '@quorate/testkit/nemesis'
import { equal, is, match, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { networksBelow, processesIn } from './support/processes.ts'

const test = clusterTest('nemesis')

const program = fileURLToPath(new URL('../scripts/nemesis.ts', import.meta.url))

interface Ran {
  readonly child: ChildProcess
  stdout: string
  stderr: string
}

function start(...args: string[]): Ran {
  const child = spawn(process.execPath, [...process.execArgv, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ran = { child, stdout: '', stderr: '' }
  child.stdout?.on('data', (text: Buffer) => {
    ran.stdout += text.toString()
  })
  child.stderr?.on('data', (text: Buffer) => {
    ran.stderr += text.toString()
  })
  return ran
}

async function exitCode({ child }: Ran): Promise<number> {
  const [code] = (await once(child, 'close')) as [number]
  return code
}

async function untilSaid(ran: Ran, pattern: RegExp): Promise<void> {
  while (!pattern.test(ran.stdout)) {
    is(ran.child.exitCode, null, ran.stderr)
    await sleep(20)
  }
}

async function run(...args: string[]): Promise<NemesisResult> {
  const ran = start('--minutes', '1', '--json', ...args)
  const code = await exitCode(ran)
  is(code, 0, ran.stderr)
  const result = JSON.parse(ran.stdout) as NemesisResult
  equal(result.violations, [])
  is(result.verdict, 'ok')
  // It did something: a run without faults, or without commits, shows nothing.
  ok(result.operations.ok > 200, ran.stderr)
  ok(Object.values(result.faults).reduce((sum, count) => sum + count, 0) >= 5, ran.stderr)
  is(result.troubles, 0, ran.stderr)
  return result
}

test('60 s of faults on 3 and on 5 nodes: linearizable, nothing confirmed is lost, nothing is applied twice, all end equal', async () => {
  const durable = run('--nodes', '3', '--storage', 'lmdb', '--seed', '47')
  const results = await Promise.all([run('--nodes', '3'), run('--nodes', '5'), durable])
  equal(
    results.map((result) => result.durable),
    [false, false, true],
  )
  ok((results[2].faults['kill-all'] ?? 0) > 0)
})

test('an interrupt ends it, and nothing is left', async () => {
  const ran = start('--minutes', '5')
  await untilSaid(ran, /\d s {2}\S/)
  const networks = networksBelow(ran.child.pid ?? 0)
  ok(processesIn(networks).length > 0)
  ran.child.kill('SIGINT')
  is(await exitCode(ran), 130)
  const endMs = performance.now() + 10_000
  while (processesIn(networks).length > 0 && performance.now() < endMs) await sleep(20)
  equal(processesIn(networks), [])
})

test('wrong arguments are refused with what is right', async () => {
  const ran = start('--nodes', '2')
  is(await exitCode(ran), 2)
  match(ran.stderr, /--nodes is a whole number from 3 to 9, and not 2/)
})

test.run()
