// `quorate` as a program, on what replicas have left on disk: what it shows is what they did, and what it restores goes on.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { MemoryNetwork, openReplica, type Replica } from '@quorate/core'
import { openLmdbStorage } from '@quorate/lmdb-storage'
import { backUp } from 'quorate'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { stock } from './support/programs/stock.ts'

const test = suite('quorate as a program')
const main = fileURLToPath(new URL('../packages/quorate/src/cli/main.ts', import.meta.url))
const machine = fileURLToPath(new URL('support/programs/stock.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'quorate-program-'))
process.once('exit', () => rmSync(folder, { recursive: true }))

type Stock = Replica<typeof stock>

const voters = [1, 2, 3]

async function open(
  life: string,
  limits: Parameters<typeof openReplica>[0]['limits'] = {},
): Promise<Stock[]> {
  const network = new MemoryNetwork({ nodes: voters })
  const replicas = voters.map(async (nodeid) =>
    openReplica({
      ...{ machine: stock, group: 'stock', voters, limits },
      transport: network.node(nodeid),
      storage: await openLmdbStorage({ path: directory(nodeid, life) }),
    }),
  )
  const opened = await Promise.all(replicas)
  await Promise.all(opened.map((replica) => replica.ready()))
  return opened
}

const directory = (nodeid: number, life: string): string => join(folder, `${life}-${nodeid}`)
const close = (replicas: readonly Stock[]) => Promise.all(replicas.map((replica) => replica.close()))

const words = (...args: string[]): string[] => [...process.execArgv, main, ...args]

async function cli(...args: string[]) {
  const child = spawn(process.execPath, words(...args))
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  const [code] = await once(child, 'close')
  return { code, ...said }
}

async function done(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await cli(...args)
  equal([code, stderr], [0, ''])
  return stdout
}

const json = async (...args: string[]) => JSON.parse(await done(...args, '--json'))

/** What readers saw: the state by index. */
const history = new Map<number, unknown>()

/** An entry that is no command changes nothing. */
const seenAt = (index: number): unknown =>
  history.get(Math.max(...[...history.keys()].filter((each) => each <= index)))

/** All that is in the directory, the locks aside. */
const image = (path: string): unknown =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^lock|lock\.mdb$/.test(name) && statSync(join(path, name)).isFile())
    .map((name) => [name, statSync(join(path, name)).mtimeMs, readFileSync(join(path, name))])

test('replicas write, and are backed up while they run', async () => {
  const replicas = await open('a', { logBytesMax: 2000, retainedEntriesMax: 1, retainedBytesMax: 1 })
  const [first] = replicas as [Stock]
  first.subscribe(
    (state) => state,
    (state) => history.set(first.status.applied, [...state.items]),
  )
  for (let i = 0; i < 60; i++) await replicas[i % 3]?.submit.put({ name: `item ${i % 20}`, count: i })
  const { index } = await backUp(first, join(folder, 'online.backup'))
  equal(index, first.status.applied)
  await close(replicas)
})

test('inspect, log and replay show what happened, and change nothing', async () => {
  const path = directory(1, 'a')
  const before = image(path)
  const { snapshot, log, record } = await json('inspect', path)
  ok(snapshot.index > 0 && log.last >= 61)
  const lines = (await done('log', path)).trim().split('\n')
  is(lines.length, log.entries)
  // The last is of the read that the backup began with.
  match(lines.at(-1) ?? '', /marker node 1, number 1$/)
  match(
    lines.at(-2) ?? '',
    /commands node 3, session \d+, number 20: put\(\{ name: 'item 19', count: 59 \}\)$/,
  )
  for (const to of [snapshot.index, Math.floor((snapshot.index + log.last) / 2), record.commit]) {
    const { index, state } = await json('replay', path, '--machine', machine, '--to', String(to))
    equal([index, state.items.$table], [to, seenAt(to)])
  }
  equal(image(path), before)
})

test('equal states have equal digests, from a disk and from a backup of another replica that ran', async () => {
  const { index, digest } = await json('replay', join(folder, 'online.backup'), '--machine', machine)
  const at = ['--to', String(index)]
  is((await json('replay', directory(3, 'a'), '--machine', machine, ...at)).digest, digest)
})

test('backup, restore, and a new group that goes on', async () => {
  const backup = join(folder, 'a.backup')
  await done('backup', directory(2, 'a'), backup)
  match(await done('restore', backup, directory(1, 'b'), '--node', '1'), /in a new group/)
  const replicas = await open('b')
  const last = seenAt(Number.POSITIVE_INFINITY)
  for (const replica of replicas) equal(await replica.read(({ items }) => [...items]), last)
  is(await replicas[2]?.submit.put({ name: 'new', count: 1 }), 21)
  await close(replicas)
})

test('a directory that a replica has: which process, and what to do', async () => {
  const replicas = await open('b')
  const { code, stderr } = await cli('inspect', directory(1, 'b'))
  is(code, 1)
  match(
    stderr,
    new RegExp(`is in use by process ${process.pid}; stop that one replica, the others go on; or let`),
  )
  await close(replicas)
})

test('an output that cannot be written is said in a sentence', async () => {
  const full = openSync('/dev/full', 'w')
  const child = spawn(process.execPath, words('log', directory(1, 'a')), { stdio: ['ignore', full, 'pipe'] })
  closeSync(full)
  const [problems, [code]] = await Promise.all([text(child.stderr as Readable), once(child, 'close')])
  equal([problems.match(/\n/g)?.length, code], [1, 1])
  match(problems, /^The output could not be written: ENOSPC/)
})

test('a reader that goes away ends it quietly; wrong arguments are 2', async () => {
  const child = spawn(process.execPath, words('log', directory(1, 'a')))
  child.stdout.destroy()
  let problems = ''
  child.stderr.on('data', (text) => {
    problems += text
  })
  equal([await once(child, 'close'), problems], [[0, null], ''])
  is((await cli('log')).code, 2)
  match((await cli('--help')).stdout, /^quorate: what a replica has on disk/)
})

test.run()
