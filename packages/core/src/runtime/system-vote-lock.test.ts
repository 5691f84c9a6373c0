// The operating system's lock, with processes that really die.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { voteLockContract } from '../ports/vote-contract.ts'
import { systemVoteLock } from './system-vote-lock.ts'

const test = suite("votes by the system's lock")
const group = `vote-test-${process.pid}`
const program = fileURLToPath(new URL('vote-holder.test-support.ts', import.meta.url))

for (const { name, run } of voteLockContract(systemVoteLock, group)) test(name, run)

interface Holder {
  readonly child: ChildProcess
  /** What it says next: `waits`, `holds`. */
  line(): Promise<string>
}

/** A process that opens a voting replica of the group, on a node of its own memory's network, with this lock. */
function open(groupName: string): Holder {
  const args = ['--import', 'tsx', '--conditions=@quorate/source', program, groupName]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, line: async () => String((await lines.next()).value) }
}

test('a voter that is killed leaves its vote to the one that waits, and one that is stopped does not', async () => {
  const first = open(`${group}-kill`)
  assert.is(await first.line(), 'holds')
  const second = open(`${group}-kill`)
  assert.match(
    await second.line(),
    new RegExp(`^waits for the abstract socket @quorate-vote/1/${group}-kill$`),
  )
  const next = second.line()
  first.child.kill('SIGSTOP')
  assert.is(await Promise.race([next, sleep(600, 'still waits')]), 'still waits')
  first.child.kill('SIGKILL')
  assert.is(await next, 'holds')
  second.child.kill('SIGKILL')
  await Promise.all(
    [first, second].map(({ child }) => child.exitCode ?? child.signalCode ?? once(child, 'exit')),
  )
})

test('a voter that is closed leaves its vote to another process at once', async () => {
  const held = await systemVoteLock.take({ group: `${group}-close`, nodeid: 1 }, { waiting() {} })
  const other = open(`${group}-close`)
  assert.match(await other.line(), /^waits for/)
  await held.release()
  assert.is(await other.line(), 'holds')
  other.child.kill('SIGKILL')
  await once(other.child, 'exit')
})

test.run()
