// `npm start -- --corosync`: the tour on three real nodes, a process each, and its endpoints from outside of them.
// deadline: 300 s

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { is, match, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'

const test = clusterTest('npm start -- --corosync')

interface Told {
  readonly event: string
  readonly urls?: readonly string[]
  readonly digests?: readonly string[]
  readonly status?: number
}

test('the tour runs on corosync, and the endpoints answer until Ctrl-C', async () => {
  const options = [
    ...process.execArgv,
    'examples/config-store/main.ts',
    '--corosync',
    '--json',
    '--port',
    '0',
  ]
  const child = spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] })
  const told: Told[] = []
  for await (const line of createInterface(child.stdout)) {
    told.push(JSON.parse(line))
    if (told.at(-1)?.event === 'serving') break
  }
  is(new Set(told.find(({ event }) => event === 'end')?.digests).size, 1)
  ok(told.some(({ status }) => status === 503))
  const [first, , third] = told.at(-1)?.urls ?? []
  is((await fetch(`${first}/keys/app/greeting`, { method: 'PUT', body: 'hello' })).status, 201)
  match(await (await fetch(`${third}/keys/app/greeting`)).text(), /"value":"hello"/)
  child.kill('SIGINT')
  const [code] = await once(child, 'exit')
  is(code, 0)
})

test.run()
