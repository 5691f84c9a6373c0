// The program's end: opens a replica of the registers in its own process and does what the runner orders. What is open
// when the daemon is not there is tried again, as a service manager would.

import { setTimeout as sleep } from 'node:timers/promises'
import { QuorateError, type Replica, type ReplicaEventName, type ReplicaOptions } from '@quorate/core'
import { openFaultyReplica } from '@quorate/core/simulation'
import { instantMs } from './instant.ts'
import type {
  ClientInput,
  OrderMessage,
  Orders,
  Outcome,
  ReplicaSettings,
  ReplicaStanding,
} from './orders.ts'
import { contentsOf, digestOf, heldAt, registers } from './registers.ts'

type RegisterReplica = Replica<typeof registers>

/** What the replica stands on. A storage is opened anew for each attempt to open the replica. */
export type ReplicaPorts = Pick<ReplicaOptions, 'transport' | 'storage'>

const openPauseMs = 100

const told = [
  'primary',
  'no-quorum',
  'catching-up',
  'current',
  'warning',
  'diverged',
  'down',
  'stopped',
] as const satisfies readonly ReplicaEventName[]

/** Tells the runner something by itself. */
export function report(event: string, text = ''): void {
  process.send?.({ event, text })
}

/** Serves until the runner orders the end, or goes away. The settings are the program's first argument. */
export async function serveReplica(
  makePorts: (settings: ReplicaSettings) => Promise<ReplicaPorts>,
): Promise<void> {
  process.on('disconnect', () => process.exit())
  const settings = JSON.parse(process.argv[2] ?? '') as ReplicaSettings
  let replica: RegisterReplica | undefined
  process.on('message', (order: OrderMessage) => answer(order, replica))
  replica = await open(() => makePorts(settings), settings)
}

async function open(
  makePorts: () => Promise<ReplicaPorts>,
  settings: ReplicaSettings,
): Promise<RegisterReplica> {
  const { fault = null, packBytesMax: _, storagePath: __, ...options } = settings
  let lastFailure = ''
  for (;;) {
    try {
      const replica = await openFaultyReplica(
        { machine: registers, ...(await makePorts()), ...options },
        fault,
      )
      for (const name of told) replica.on(name, (event) => report(name, textOf(event)))
      report('opened')
      return replica
    } catch (error) {
      if (error instanceof QuorateError) throw error
      const { message } = error as Error
      if (message !== lastFailure) report('open-failed', message)
      lastFailure = message
      await sleep(openPauseMs)
    }
  }
}

function textOf(event: unknown): string {
  return JSON.stringify(event, (_, value) => {
    if (typeof value === 'bigint') return String(value)
    return value instanceof Error ? value.message : value
  })
}

async function answer({ number, kind, asked }: OrderMessage, replica: RegisterReplica | undefined) {
  try {
    const perform = performers[kind] as (replica: RegisterReplica | undefined, asked: unknown) => unknown
    process.send?.({ number, answer: await perform(replica, asked) })
  } catch (error) {
    process.send?.({ number, error: (error as Error).message })
  }
}

const performers: {
  readonly [Kind in keyof Orders]: (
    replica: RegisterReplica | undefined,
    asked: Orders[Kind]['asked'],
  ) => Promise<Orders[Kind]['answer']>
} = {
  client: (replica, { input, deadlineMs }) => perform(replica, input, deadlineMs),
  standing: async (replica) => (replica === undefined ? null : standingOf(replica)),
  digest: (replica, { deadlineMs }) => opened(replica).read(digestOf, { deadlineMs }),
  contents: (replica, { deadlineMs }) => opened(replica).read(contentsOf, { deadlineMs }),
  async close(replica) {
    await replica?.close()
    setImmediate(() => process.disconnect())
    return null
  },
}

function opened(replica: RegisterReplica | undefined): RegisterReplica {
  if (replica === undefined) throw new Error('The replica is not open yet: wait for the report `opened`.')
  return replica
}

async function perform(
  replica: RegisterReplica | undefined,
  input: ClientInput,
  deadlineMs: number,
): Promise<Outcome> {
  const invokedAt = instantMs()
  if (replica === undefined) return { invokedAt, returnedAt: invokedAt, became: 'unapplied', code: 'NotOpen' }
  try {
    const value = await call(replica, input, deadlineMs)
    return { invokedAt, returnedAt: instantMs(), became: 'ok', ...(value !== undefined && { value }) }
  } catch (error) {
    if (!(error instanceof QuorateError)) throw error
    // A read without an answer has no effect, whatever became of it.
    const became = error.outcome ?? (input.type === 'read' ? 'unapplied' : 'unknown')
    return { invokedAt, returnedAt: instantMs(), became, code: error.code }
  }
}

function call(
  replica: RegisterReplica,
  input: ClientInput,
  deadlineMs: number,
): Promise<number | boolean | undefined> {
  const caller = replica.with({ deadlineMs })
  if (input.type === 'read') return caller.read((state) => heldAt(state, input.key))
  const { key, id } = input
  if (input.type === 'write') return caller.submit.write({ key, id }).then(() => undefined)
  return caller.submit.compareAndSet({ key, id, expected: input.expected })
}

function standingOf(replica: RegisterReplica): ReplicaStanding {
  const { primary, members, applied, committed, divergences, slowNeighbours, open, unreadable, ended } =
    replica.status
  return {
    ...{ primary, applied, committed, divergences },
    members: members.map(({ nodeid }) => nodeid),
    slowNeighbours: slowNeighbours.map(({ pid }) => pid),
    openCommands: open.commands,
    unreadable: Object.values(unreadable).reduce((sum, count) => sum + count, 0),
    ended: ended?.message ?? null,
  }
}
