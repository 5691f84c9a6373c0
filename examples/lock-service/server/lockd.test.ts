// The daemon's command line, without a corosync: what is refused, and how a failure is told.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import { is, match } from 'uvu/assert'

const program = fileURLToPath(new URL('./lockd.ts', import.meta.url))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

async function run(options: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [...process.execArgv, program, ...options])
  const exit = once(child, 'exit')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await exit
  return { code, stdout, stderr }
}

test('what is wrong with the command line is told, and nothing is opened', async () => {
  const cases = [
    [['--host', '0.0.0.0'], 2, /^Without --tokens anybody who reaches 0\.0\.0\.0[\s\S]*--insecure/],
    // One line, and not a stack.
    [['--tls-cert', '/nowhere', '--tls-key', '/nowhere'], 1, /^No TLS with \/nowhere[^\n]*\n$/],
  ] as const
  const ended = await Promise.all(cases.map(([options]) => run(options)))
  for (const [place, [options, code, message]] of cases.entries()) {
    const { code: given, stdout, stderr } = ended[place] as Ended
    is(given, code, options.join(' '))
    match(stdout + stderr, message)
  }
})

test.run()
