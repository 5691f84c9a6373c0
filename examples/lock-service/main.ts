// Three nodes of the lock service to try it out, until Ctrl-C.
// node --import tsx --conditions=@quorate/source examples/lock-service/main.ts

import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { clusterUnavailable } from '@quorate/testkit'
import { parsePort, readFlags, refuse } from '../command-line.ts'
import { CorosyncStage } from '../stage/on-corosync.ts'
import { nodes } from '../stage/stage.ts'
import { openInMemory, type Trial } from './trial/in-memory.ts'

const help = `Usage: main.ts [--corosync] [--port N]

Three nodes of the lock service, each at a port of its own, until Ctrl-C. Nobody
needs a token.

  --corosync  three real corosync daemons on this machine, a process for each
              node (needs root and corosync); else all in this process
  --port N    they answer at ports N, N + 1, N + 2 (default 8090; 0: free ones)
  --help      this text`

const flags = {
  corosync: { type: 'boolean', default: false },
  port: { type: 'string', default: '8090' },
} as const

/** Of one node on corosync. */
const program = fileURLToPath(new URL('./trial/node.ts', import.meta.url))

async function openOnCorosync(port: number): Promise<Trial> {
  const unavailable = clusterUnavailable()
  if (unavailable !== null) throw new Error(`No corosync cluster can be started here: ${unavailable}`)
  console.error('Starting three corosync daemons, each in a network namespace of its own ...')
  const stage = await CorosyncStage.open(program, port)
  return { urls: nodes.map((node) => stage.url(node)), close: () => stage.close() }
}

/** Each works as pasted, in this order. */
const commands = ([first, second, third]: readonly string[]): string => `
The service stays until Ctrl-C. In another terminal:

  curl --json '{"id": "me", "ttlMs": 300000}' ${first}/sessions
  curl --json '{"id": "1", "wants": [{"mode": "exclusive", "lock": "backup"}]}' ${first}/sessions/anybody:me/requests
  curl ${second}/locks/backup
  curl -N "${third}/events?lock=backup"
  curl -X DELETE ${second}/sessions/anybody:me/requests/1
  curl -X DELETE ${third}/sessions/anybody:me
  curl ${first}/openapi.json
  curl ${second}/metrics`

const { corosync, port: text } = readFlags(flags, help)
const port = parsePort(text, 65_533)
if (port === null) refuse(`--port must be from 0 to 65533, and is '${text}'`, help)

try {
  const interrupted = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort())
  const trial = await (corosync ? openOnCorosync(port) : openInMemory(port))
  console.log(commands(trial.urls))
  if (!interrupted.signal.aborted) await once(interrupted.signal, 'abort')
  await trial.close()
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
