// A table of a million entries in a replicated state: what one costs, a snapshot of all, and how long the event loop is
// held up by it. docs/benchmarks.md says how it is measured and what it says.

import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { snapshotDecoder } from '@quorate/core/simulation'
import type { Bench, Row } from '../scripts/bench/bench.ts'
import { temporaryFolder } from '../scripts/temporary-folder.ts'
import { keyOf, type Seat, seatOf } from './support/seats.ts'
import { BoxOffice } from './tables/box-office.ts'
import { cpuNanosecondsEach, type Turns, takeTurns } from './tables/turns.ts'

/** As replicas send them. */
const sliceBytes = 128 * 1024
/** Applied in each turn, beside a slice. */
const commandsPerTurn = 16
const fillBatch = 1000
const entryBytes = 200

export const bench: Bench = {
  description:
    'a table of a million entries of 200 B: reads, writes, memory, snapshot, restore, pauses, digest',
  async run({ quick, progress }) {
    const entries = quick ? 100_000 : 1_000_000
    progress(`Filling ${entries} entries ...`)
    const office = new BoxOffice().begin()
    const filled = await fill(office, entries)
    progress('Reading and writing ...')
    const each = eachOne(office, entries)
    progress('Taking a snapshot, while commands go on ...')
    const first = await takeSnapshot('first_snapshot', office, entries)
    const taken = await takeSnapshot('snapshot', office, entries)
    progress('Restoring ...')
    return { rows: [...filled, ...each, ...first, ...taken, ...(await restore(office))], versions: {} }
  },
}

async function fill(office: BoxOffice, entries: number): Promise<Row[]> {
  const before = heapBytes()
  let from = 0
  const { seconds, cpuSeconds } = await takeTurns(() => {
    office.fill(from, fillBatch)
    from += fillBatch
    return from >= entries
  })
  const beyondData = (heapBytes() - before) / entries - entryBytes
  return [
    row('fill_per_s', entries / seconds, 'entries/s', 'higher'),
    row('fill_per_cpu_s', entries / cpuSeconds, 'entries/s', 'higher'),
    row('beyond_data_bytes', beyondData, 'B'),
  ]
}

function eachOne(office: BoxOffice, entries: number): Row[] {
  const count = entries / 5
  const places = Array.from({ length: count }, (_, at) => (at * 31) % entries)
  const keys = places.map((place) => Buffer.from(keyOf(place)).toString())
  const seats = places.map(seatOf)
  const map = new Map<string, Seat>(Array.from({ length: entries }, (_, at) => [keyOf(at), seatOf(at)]))
  const { state } = office.replica
  const digest = () => office.replica.digest()
  digest()
  return [
    row(
      'get_ns',
      cpuNanosecondsEach(count, (at) => state.seats.get(keys[at] as string)),
      'ns',
    ),
    row(
      'get_map_ns',
      cpuNanosecondsEach(count, (at) => map.get(keys[at] as string)),
      'ns',
    ),
    row(
      'set_ns',
      cpuNanosecondsEach(count / fillBatch, (at) => office.fill(at * fillBatch, fillBatch)) / fillBatch,
      'ns',
    ),
    row(
      'set_map_ns',
      cpuNanosecondsEach(count, (at) => map.set(keys[at] as string, seats[at] as Seat)),
      'ns',
    ),
    row('digest_us', cpuNanosecondsEach(100, digest) / 1000, 'µs'),
  ]
}

/**
 * Nothing is collected by force before: that throws away compiled code as well, and the first turn pays. The first
 * snapshot meets code that is new, and the garbage of what was measured before. The pauses with commands alone are the
 * peer: the garbage collector and other work of the machine are in both.
 */
async function takeSnapshot(name: string, office: BoxOffice, entries: number): Promise<Row[]> {
  let [at, bytes, turns] = [0, 0, 0]
  const sell = () => {
    office.sell(at % entries, commandsPerTurn)
    at += commandsPerTurn
  }
  const slices = office.replica.captureSnapshot()
  const taken = await takeTurns(() => {
    const slice = slices.next(sliceBytes)
    bytes += slice.bytes.length
    turns += 1
    sell()
    return slice.isLast
  })
  const alone = await takeTurns(() => {
    sell()
    return --turns === 0
  })
  return [
    ...rowsOf(name, taken),
    row(`${name}_mb_per_s`, bytes / taken.seconds / 1e6, 'MB/s', 'higher'),
    row(`${name}_commands_alone_pause_ms`, alone.longestMs, 'ms'),
    row(`${name}_commands_alone_pause_cpu_ms`, alone.longestCpuMs, 'ms'),
  ]
}

/** From a file: what lay in memory would be the garbage collector's work in these turns, too. */
async function restore(office: BoxOffice): Promise<Row[]> {
  const file = openSync(join(temporaryFolder('bench'), 'snapshot'), 'w+')
  try {
    save(office, file)
    return await restoreFrom(file, office.replica.digest())
  } finally {
    closeSync(file)
  }
}

function save(office: BoxOffice, file: number): void {
  const slices = office.replica.captureSnapshot()
  for (let isLast = false; !isLast; ) {
    const slice = slices.next(sliceBytes)
    isLast = slice.isLast
    writeSync(file, slice.bytes)
  }
}

async function restoreFrom(file: number, digest: number): Promise<Row[]> {
  const decoder = snapshotDecoder()
  const restored = new BoxOffice()
  const part = Buffer.allocUnsafeSlow(sliceBytes)
  let at = 0
  const turns = await takeTurns(() => {
    const bytes = readSync(file, part, 0, sliceBytes, at)
    at += bytes
    if (bytes > 0) decoder.add(part.subarray(0, bytes))
    else restored.replica.restoreFrom(decoder)
    return bytes === 0
  })
  if (restored.replica.digest() !== digest)
    throw new Error('What was restored has another digest: the bench measured something else')
  return rowsOf('restore', turns)
}

function rowsOf(name: string, { seconds, cpuSeconds, longestMs, longestCpuMs, p99CpuMs }: Turns): Row[] {
  return [
    row(`${name}_s`, seconds, 's'),
    row(`${name}_cpu_s`, cpuSeconds, 's'),
    row(`${name}_pause_ms`, longestMs, 'ms'),
    row(`${name}_pause_cpu_ms`, longestCpuMs, 'ms'),
    row(`${name}_pause_p99_cpu_ms`, p99CpuMs, 'ms'),
  ]
}

function row(name: string, value: number, unit: string, better: Row['better'] = 'lower'): Row {
  return { name, value, unit, better }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** The heap and what its objects own outside of it, without garbage. */
function heapBytes(): number {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
