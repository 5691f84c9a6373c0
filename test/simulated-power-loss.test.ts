// deadline: 1200 s
// What simulated runs of the protocol write to their disks, on the storage that runs in production. The power goes at
// any moment, and what is there then is what the simulation's own disks promise: all that was done, and perhaps the
// first few of the other writes, each as a whole.
//
// A process does these writes, and its system calls are recorded. So what a loss leaves is no guess: what was synced,
// and of the rest any sectors. Where a simulated process ended, what its disk had must be there, and what the next one
// wrote follows. QUORATE_LMDB_LOSSES=2000 loses power so often.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serialize } from 'node:v8'
import { suite } from 'uvu'
import { equal, ok } from 'uvu/assert'
import { DiskOnLmdb, prepareFolder } from './support/power-loss/disk-on-lmdb.ts'
import { recordCalls } from './support/power-loss/recorded-calls.ts'
import { type SimulatedDisk, simulatedDisks } from './support/power-loss/simulated-disks.ts'

/** At least so often. */
const losses = Number(process.env['QUORATE_LMDB_LOSSES'] ?? 100)
const lossesOfTest = 100
const seedsOfTest = 4
const writer = fileURLToPath(new URL('support/power-loss/writer.ts', import.meta.url))
const test = suite<{ folder: string }>('a loss of power in a simulated run')

test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'quorate-simulated-power-loss-'))
  await prepareFolder(context.folder)
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

/** One process does the writes of each disk's next life; what it did, by disk. */
function writeLives(folder: string, disks: readonly DiskOnLmdb[]) {
  const begun = disks.map((disk) => ({ disk, order: disk.begin() }))
  const orders = join(folder, 'orders')
  writeFileSync(orders, serialize(begun.flatMap(({ order }) => order ?? [])))
  const calls = recordCalls(join(folder, 'calls'), [writer, orders])
  return begun.flatMap(({ disk, order }) => (order ? [{ disk, calls: calls.get(order.path) ?? [] }] : []))
}

/** In each life of each disk; how often. */
async function losePower(folder: string, simulated: readonly SimulatedDisk[]): Promise<number> {
  const disks = simulated.map((disk, number) => new DiskOnLmdb(disk, folder, `${number}`))
  const lives = simulated.map((disk) => disk.lives.length)
  const lossesOfLife = Math.ceil(lossesOfTest / lives.reduce((sum, count) => sum + count, 0))
  let count = 0
  for (let life = 0; life < Math.max(...lives); life++)
    for (const { disk, calls } of writeLives(folder, disks)) {
      await disk.recorded(calls)
      for (let loss = 0; loss < lossesOfLife; loss++) await disk.losePower(count++)
      await disk.end(count++)
    }
  return count
}

function kindsIn(disks: readonly SimulatedDisk[]): string[] {
  const writes = disks.flatMap(({ lives }) => lives.flatMap((life) => life.writes))
  return [...new Set(writes.flatMap((write) => Object.keys(write)))].sort()
}

/** Tests without strace are none. */
function tracedTest(name: string, run: (folder: string) => Promise<void>): void {
  if (spawnSync('strace', ['-V'], { stdio: 'ignore' }).status === 0) {
    test(name, ({ folder }) => run(folder))
    return
  }
  console.log(`"${name}" is skipped. There is no strace: apt-get install strace.`)
  test.skip(name)
}

const seedsOf = (number: number): number[] =>
  Array.from({ length: seedsOfTest }, (_, place) => number * seedsOfTest + place + 1)

for (let number = 0; number < losses / lossesOfTest; number++) {
  const seeds = seedsOf(number)
  tracedTest(
    `seeds ${seeds.join(', ')}: what was done is there, in order, and it goes on`,
    async (folder) => {
      ok((await losePower(folder, simulatedDisks(seeds))) >= lossesOfTest)
    },
  )
}

test('the first seeds write in every way', () => {
  const kinds = ['append', 'begin', 'forget', 'part', 'record', 'setAside', 'snapshot', 'truncate']
  equal(kindsIn(simulatedDisks(seedsOf(0))), kinds)
})

test.run()
