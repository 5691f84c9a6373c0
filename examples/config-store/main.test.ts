// `npm start` on the in-memory network, run as users run it.
// deadline: 300 s

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import { equal, is, match } from 'uvu/assert'

const program = fileURLToPath(new URL('./main.ts', import.meta.url))

const start = (...options: string[]): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [...process.execArgv, program, ...options])

async function run(...options: string[]): Promise<{ stdout: string; stderr: string; code: number | null }> {
  const child = start(...options)
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return { stdout, stderr, code: child.exitCode }
}

test('--once tells the tour as text and ends with 0', async () => {
  const { stdout, code } = await run('--once')
  is(code, 0)
  match(stdout, /201 \{"key":"app\/colour","version":1\}/)
  match(stdout, /412 version-mismatch/)
  match(stdout, /watch: delete \{"key":"locks\/backup"\}/)
  match(stdout, /503 NoQuorum/)
  match(stdout, /All three have revision \d+\.\n$/)
})

test('--json tells one object a line, the last of them equal digests', async () => {
  const { stdout, code } = await run('--once', '--json')
  is(code, 0)
  const events = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  equal(events[0], { event: 'stage', stage: 'memory' })
  const statuses = new Set(events.filter(({ event }) => event === 'request').map(({ status }) => status))
  equal([...statuses].sort(), [200, 201, 412, 503])
  is(events.at(-1).event, 'end')
  is(new Set(events.at(-1).digests).size, 1)
})

const curlMissing = spawnSync('curl', ['--version']).error !== undefined
if (curlMissing) console.log('"The printed commands" is skipped. There is no curl here.')
const curlTest = curlMissing ? test.skip : test

curlTest('without --once the printed commands work until Ctrl-C, which leaves nothing', async () => {
  const child = start('--port', '0')
  const lines: string[] = []
  for await (const line of createInterface(child.stdout))
    if (lines.push(line) && line.endsWith('/status')) break
  const curls = lines.filter((line) => line.startsWith('  curl') && !line.includes(' -N '))
  is(curls.length, 5)
  for (const curl of curls) is(await exitOf(curl), 0, curl)
  child.kill('SIGINT')
  equal(await once(child, 'exit'), [0, null])
})

/** Of a printed command, as pasted into a shell; an HTTP error is an error. */
async function exitOf(command: string): Promise<number | null> {
  const child = spawn('sh', ['-c', command.replace('curl', 'curl --silent --fail')], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.exitCode
}

test('Ctrl-C in the middle of the tour ends it, which is said', async () => {
  const child = start('--once', '--json')
  const said = text(child.stderr)
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  equal(await once(child, 'exit'), [130, null])
  match(await said, 'Interrupted: the tour is not complete.')
})

test('a port that is taken is told, with what to do', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { stderr, code } = await run('--port', `${port}`)
  other.close()
  is(code, 1)
  match(stderr, `Port ${port} is taken; choose another one with --port`)
})

test('options that are not there, and ports that are none, show the help', async () => {
  const unknown = await run('--fast')
  is(unknown.code, 2)
  match(unknown.stderr, /--fast[\s\S]*Usage: npm start/)
  for (const port of ['x', '', '65534']) is((await run('--port', port)).code, 2, port)
})

test('--help says what there is', async () => {
  const { stdout, code } = await run('--help')
  is(code, 0)
  for (const option of ['--corosync', '--once', '--port', '--json']) match(stdout, option)
})

test.run()
