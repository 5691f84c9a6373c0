// `npm start`: a tour of three replicas, then their HTTP endpoints until Ctrl-C.

import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { clusterUnavailable } from '@quorate/testkit'
import { parsePort, readFlags, refuse } from '../command-line.ts'
import { CorosyncStage } from '../stage/on-corosync.ts'
import { nodes, type Stage } from '../stage/stage.ts'
import { MemoryStage } from './tour/in-memory.ts'
import { type Tell, tellJson, tellText } from './tour/narrator.ts'
import { takeTour } from './tour/tour.ts'

const portDefault = 8080
/** Of one node. */
const program = fileURLToPath(new URL('./tour/node.ts', import.meta.url))
/** As of a program that SIGINT ended. */
const interruptedCode = 130

const help = `Usage: npm start -- [--corosync] [--once] [--port N] [--json]

Three replicas of a configuration store: commands, a crash, a partition; then
each answers HTTP until Ctrl-C.

  --corosync  three real corosync daemons on this machine, a process for each
              replica (needs root and corosync); else all in this process
  --once      ends after the tour
  --port N    the endpoints are at ports N, N + 1, N + 2 (default ${portDefault}; with
              --once, free ones)
  --json      tells by JSON objects, one a line; without npm's own lines:
              npm run --silent start -- --json
  --help      this text`

const flag = { type: 'boolean', default: false } as const
const flags = { corosync: flag, once: flag, json: flag, port: { type: 'string' } } as const

interface Options {
  readonly corosync: boolean
  readonly once: boolean
  readonly json: boolean
  readonly port: number
}

/** Asked for `--help`, or for what is not to be had: this ends the program. */
function readOptions(): Options {
  const { port: text, corosync, once, json } = readFlags(flags, help)
  const port = parsePort(text ?? `${once ? 0 : portDefault}`, 65_533)
  if (port === null) refuse(`--port must be from 0 to 65533, and is '${text}'`, help)
  return { corosync, once, json, port }
}

function openStage({ corosync, port }: Options): Promise<Stage> {
  if (!corosync) return MemoryStage.open(port)
  console.error('Starting three corosync daemons, each in a network namespace of its own ...')
  return CorosyncStage.open(program, port)
}

async function run(options: Options, interrupted: AbortSignal): Promise<void> {
  const tell: Tell = options.json ? tellJson : tellText
  const stage = await openStage(options)
  try {
    await takeTour(stage, tell, interrupted)
    if (options.once) return
    tell({ event: 'serving', urls: nodes.map((node) => stage.url(node)) })
    await once(interrupted, 'abort')
  } finally {
    await stage.close()
  }
}

/** Fires at the first Ctrl-C; a second one ends the program at once. */
function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort())
  return controller.signal
}

const options = readOptions()
const unavailable = options.corosync ? clusterUnavailable() : null
const interrupted = interruption()
try {
  if (unavailable !== null) throw new Error(`No corosync cluster can be started here: ${unavailable}`)
  await run(options, interrupted)
} catch (error) {
  console.error(interrupted.aborted ? 'Interrupted: the tour is not complete.' : (error as Error).message)
  process.exitCode = interrupted.aborted ? interruptedCode : 1
}
