// One replica in a process of its own, on cpgTransport as any user has it. Obeys lines; answers with lines of JSON.
// Argument: its settings, as JSON.

import { createInterface } from 'node:readline'
import { openReplica } from '@quorate/core'
import { cpgTransport } from '@quorate/cpg-transport'
import { openLmdbStorage } from '@quorate/lmdb-storage'
import { collected, holdings } from './holdings.ts'
import { fill, load, seat } from './loads.ts'
import { machineOf } from './machine.ts'
import { type TimedSnapshot, TimedStorage } from './timed-storage.ts'

export interface MemberSettings {
  readonly voters: readonly number[]
  readonly group: string
  /** Of its storage; `null`: it has none. */
  readonly storagePath: string | null
  /** Whether its state has a table. What a joiner has missed comes to it as a snapshot then. */
  readonly seats: boolean
}

/** How a replica got what the group had. */
export interface Joined {
  /** From its storage's opening until it had joined. */
  readonly openMs: number
  /** From its join until it had everything. */
  readonly readyAfterMs: number
  /** Of a snapshot, until shortly before its end; 0: it came by entries alone. */
  readonly snapshotBytes: number
}

const readyTimeoutMs = 120_000

const { voters, group, storagePath, seats } = JSON.parse(process.argv[2] ?? '') as MemberSettings
const beginMs = performance.now()
const storage =
  storagePath === null ? undefined : new TimedStorage(await openLmdbStorage({ path: storagePath }))
// As in production: without the determinism guard.
const replica = await openReplica({
  machine: machineOf(seats),
  ...{ group, voters, storage, guard: false },
  transport: cpgTransport(),
  ...(seats && { limits: { retainedEntriesMax: 16 } }),
})
const joinedMs = performance.now()
let snapshotBytes = 0
replica.on('catching-up', ({ bytes }) => {
  snapshotBytes = Math.max(snapshotBytes, bytes)
})
await replica.ready({ deadlineMs: readyTimeoutMs })
const joined: Joined = {
  openMs: joinedMs - beginMs,
  readyAfterMs: performance.now() - joinedMs,
  snapshotBytes,
}

/** Of the own state, stored while nothing else goes on. */
async function snapshot(): Promise<TimedSnapshot | undefined> {
  const stored = storage?.nextSnapshot()
  replica.tune({ timeouts: { snapshotMs: 1 } })
  await replica.submit.write('one more')
  const timed = await stored
  replica.tune({ timeouts: { snapshotMs: undefined } })
  return timed
}

const commands: Readonly<Record<string, (...values: number[]) => unknown>> = {
  load: (inFlight = 1, milliseconds = 1000) => load(replica, inFlight, milliseconds),
  fill: (megabytes = 1) => fill(replica, megabytes),
  seat: (entries = 1) => seat(replica, entries),
  seats: () => replica.read((state) => state.seats?.size),
  joined: () => joined,
  writes: () => replica.read(({ writes }) => writes),
  snapshot,
  holdings,
  collected,
}

console.log('ready')
for await (const line of createInterface(process.stdin)) {
  const [name = '', ...values] = line.split(' ')
  const command = commands[name]
  if (command === undefined) throw new Error(`Not a command: ${line}`)
  console.log(JSON.stringify(await command(...values.map(Number))))
}
await replica.close()
process.exit()
