// A group that begins with a backup has each command of it, once; it owes the old group nothing. R5.35.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MemoryNetwork, type QuorumPolicy, type Stored } from '@quorate/core'
import { type Incarnation, ReplicatedState, snapshotDecoder } from '@quorate/core/simulation'
import { type NewHistory, type NewHistoryOptions, stateAtEnd, upTo } from '@quorate/core/tools'
import { openLmdbStorage } from '@quorate/lmdb-storage'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { type GroupOptions, ledger, note, smallLog, TestFolder, words } from './ledger.test-support.ts'
import { restore } from './restore.ts'
import { openSource, type Source } from './source.ts'

const test = suite('restoring')
const folder = new TestFolder()

await folder.run('', {}, async (replicas) => {
  await replicas[0]?.submit.later({ word: 'from a timer', afterMs: 1000 })
  await note(replicas, 'a', 20)
})
await folder.run('-small', { limits: smallLog }, (replicas) => note(replicas, 'a', 20))

/** From the storage of node 1 of a life before. */
async function restored(
  life: string,
  to: string,
  options: NewHistoryOptions = {},
  change: (stored: Stored) => Stored | Promise<Stored> = (stored) => stored,
): Promise<NewHistory> {
  const source = await openSource(folder.of(1, life))
  const { nodeid = 1 } = options
  return restore(await change(source.stored), folder.of(nodeid, to), options).finally(() => source.close())
}

const applied = (state: unknown): readonly string[] => (state as { readonly words: readonly string[] }).words

/** Begins, goes on, ends; is opened again as a whole, loses one, goes on. */
async function livesOn(life: string, options: GroupOptions, all: readonly string[]): Promise<void> {
  const { voters = [1, 2, 3] } = options
  await folder.run(life, options, async (replicas) => {
    const [first] = replicas as [(typeof replicas)[0]]
    equal(await first.read(applied), all)
    await note(replicas, 'b', 5)
    for (const replica of replicas) equal(await replica.read(applied), [...all, ...words('b', 5)])
  })
  await folder.run(life, options, async (replicas) => {
    if (voters.length > 2 && options.policy !== 'votequorum') await replicas.pop()?.close()
    await note(replicas, 'c', 5)
    const expected = [...all, ...words('b', 5), ...words('c', 5)]
    for (const replica of replicas)
      equal((await replica.read(applied)).filter(isOfCommand), expected.filter(isOfCommand))
  })
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20))
}

const isOfCommand = (word: string): boolean => word !== 'from a timer'

const all = words('a', 20)
const cases: readonly (readonly [string, string, readonly number[], QuorumPolicy])[] = [
  ['snapshot and log', '-small', [1, 2, 3], 'majority'],
  ['one voter only', '-small', [1], 'majority'],
  ['other voters', '-small', [7, 8, 9], 'majority'],
  ['policy votequorum', '-small', [1, 2, 3], 'votequorum'],
]
for (const [name, life, voters, policy] of cases) {
  test(`${name}: all is there, once, and goes on`, async () => {
    const to = `-${name.replaceAll(' ', '-')}`
    await restored(life, to, { voters, policy, nodeid: voters[0] as number })
    await livesOn(to, { voters, policy }, all)
  })
}

test('the sessions of the old group have ended', async () => {
  const [before, after] = [
    await openSource(folder.of(1, '-small')),
    await openSource(folder.of(1, '-snapshot-and-log')),
  ]
  const state = new ReplicatedState(ledger)
  const decoder = snapshotDecoder()
  for await (const piece of after.stored.snapshot?.pieces ?? []) decoder.add(piece)
  state.restoreFrom(decoder)
  const haveSessions = ({ stored }: Source): boolean[] =>
    stored.record.epoch.participants.map(({ incarnation }) => state.session(incarnation) > 0)
  equal(haveSessions(before), [true, true, true])
  const { start, entries } = after.stored
  for (const { body } of entries.slice(state.index - start.index))
    state.apply(state.index + 1, body, 0 as Incarnation)
  equal(haveSessions(before), [false, false, false])
  equal(new Set(haveSessions(after)), new Set([true]))
  await Promise.all([before.close(), after.close()])
})

test('a log from its beginning, and the timer in it', async () => {
  await restored('', '-log')
  await folder.run('-log', {}, async ([first, second]) => {
    equal((await second?.read(applied))?.filter(isOfCommand), all)
    while (!first?.state.words.includes('from a timer'))
      await new Promise((resolve) => setTimeout(resolve, 20))
  })
})

test('a snapshot alone', async () => {
  await restored('-small', '-alone', {}, ({ snapshot, ...stored }) => {
    const { index } = snapshot as NonNullable<typeof snapshot>
    const { entries, start } = upTo({ ...stored, snapshot }, index)
    const at = { index, chain: entries.at(-1)?.chain ?? start.chain }
    return { ...stored, snapshot, start: at, entries: [] }
  })
  const before = await openSource(folder.of(1, '-alone'))
  const { state } = await stateAtEnd(ledger, before.stored)
  await before.close()
  equal(before.stored.entries, [])
  await livesOn('-alone', {}, applied(state))
})

test('the state before a command', async () => {
  await restored('', '-cut', {}, (stored) => upTo(stored, 10))
  const source = await openSource(folder.of(1, '-cut'))
  const expected = applied((await stateAtEnd(ledger, source.stored)).state)
  await source.close()
  equal(expected, all.slice(0, expected.length))
  ok(expected.length < 10 && expected.length > 5)
  await folder.run('-cut', {}, async ([first]) => {
    equal((await first?.read(applied))?.filter(isOfCommand), expected)
  })
})

test('it begins when all voters are there, and says on what', async () => {
  await restored('-small', '-waits')
  const network = new MemoryNetwork({ nodes: [1, 2, 3] })
  const early = await Promise.all([2, 1].map((nodeid) => folder.open(nodeid, network, '-waits', {})))
  const coordinator = early[1] as (typeof early)[0]
  await until(() => {
    const { obstacle, members } = coordinator.status
    return members.length === 2 && obstacle?.reason === 'no-quorum' && `${obstacle.missing}` === '3'
  })
  for (const each of early) ok(!each.status.primary)
  folder.warnings.length = 0
  const last = await folder.open(3, network, '-waits', {})
  await last.ready({ deadlineMs: 20_000 })
  equal(await last.read(applied), all)
  ok(folder.warnings.some((warning) => JSON.stringify(warning).includes('intact-minority')))
  await Promise.all([...early, last].map((each) => each.close()))
})

test('a replica of the old group on its network stops, and changes nothing', async () => {
  const { record } = await restored('-small', '-new')
  const network = new MemoryNetwork({ nodes: [1, 2, 3] })
  const open = (nodeid: number, life: string) => folder.open(nodeid, network, life, { limits: smallLog })
  const replicas = await Promise.all([1, 2, 3].map((nodeid) => open(nodeid, '-new')))
  await Promise.all(replicas.map((each) => each.ready()))
  const away = replicas.pop()
  await away?.close()
  const stranger = await open(3, '-small')
  await until(() => stranger.status.ended !== null)
  match(stranger.status.ended?.message ?? '', /Another group of this name/)
  await note(replicas, 'b', 3)
  equal(await replicas[0]?.read(applied), [...all, ...words('b', 3)])
  await Promise.all([stranger, ...replicas].map((each) => each.close()))
  const source = await openSource(folder.of(3, '-small'))
  ok(source.stored.record.group?.random !== record.group?.random)
  await source.close()
})

test('two restored from one backup begin no group together', async () => {
  await restored('-small', '-twice')
  await restored('-small', '-twice', { nodeid: 2 })
  const network = new MemoryNetwork({ nodes: [1, 2, 3] })
  const open = [1, 2, 3].map((nodeid) => folder.open(nodeid, network, '-twice', {}))
  const replicas = await Promise.all(open)
  const said = await Promise.all(
    replicas.map((each) => each.ready({ deadlineMs: 1500 }).then(String, String)),
  )
  for (const each of said) match(each, /Deadline|deadline/)
  await Promise.all(replicas.map((each) => each.close()))
})

async function refusal(path: string, options: NewHistoryOptions = {}): Promise<string> {
  const source = await openSource(folder.of(1, '-small'))
  const said = restore(source.stored, path, options).then(() => 'restored', String)
  return said.finally(() => source.close())
}

test('nothing is written over, and what fails leaves nothing', async () => {
  match(await refusal(folder.of(2)), /node-2 is not empty, and nothing is written over it/)
  const path = folder.file('dir')
  mkdirSync(path)
  match(await refusal(path, { nodeid: 4 }), /none of the voters/)
  equal(readdirSync(path), [])
  const below = folder.file('file')
  writeFileSync(below, '')
  match(await refusal(below), /file is no directory, and nothing is written over it/)
  match(await refusal(`${below}/x`), /cannot be made/)
  for (const at of [path, folder.file('none')]) {
    const source = await openSource(folder.of(1, '-small'))
    const { snapshot } = source.stored
    const broken = { ...source.stored, snapshot: snapshot && { ...snapshot, pieces: failing() } }
    is(await restore(broken, at, {}).catch(String), 'Error: broken')
    await source.close()
  }
  equal(readdirSync(path), [])
  ok(!existsSync(folder.file('none')))
})

/** Restores, and does something while the first piece is written. */
async function meanwhile(path: string, act: () => unknown): Promise<string> {
  const source = await openSource(folder.of(1, '-small'))
  const { snapshot } = source.stored
  async function* pieces(): AsyncGenerator<Uint8Array> {
    await act()
    yield* snapshot?.pieces ?? []
  }
  const stored = { ...source.stored, snapshot: snapshot && { ...snapshot, pieces: pieces() } }
  const said = restore(stored, path, {}).then(() => 'restored', String)
  return said.finally(() => source.close())
}

test('no replica begins with what is not whole', async () => {
  const path = folder.file('begun')
  const begins = (): Promise<unknown> => openLmdbStorage({ path }).then((each) => each.close())
  const said: string[] = []
  const begun = async () => said.push(await begins().then(() => 'opened', String))
  is(await meanwhile(path, begun), 'restored')
  match(said.join(), /unfinished-restore-\S+', which is no part of a storage/)
  equal(readdirSync(path).sort(), ['lock', 'storage'])
  await begins()
})

test('what another process makes in the directory meanwhile stays as it is', async () => {
  for (const name of ['lock', 'storage']) {
    const path = folder.file(`taken-${name}`)
    const other = join(path, name, 'data.mdb')
    const makes = () => {
      mkdirSync(join(path, name))
      writeFileSync(other, 'of another')
    }
    match(await meanwhile(path, makes), /is not empty, and nothing is written over it/)
    is(readFileSync(other, 'utf8'), 'of another')
    ok(!readdirSync(path).some((each) => each.startsWith('unfinished')))
  }
})

test('it ends where it is told to while only a log is written, and leaves nothing', async () => {
  const path = folder.file('ended')
  const source = await openSource(folder.of(1))
  const ending = new AbortController()
  const restoring = restore(source.stored, path, {}, { signal: ending.signal }).catch(String)
  ending.abort('ended')
  is(await restoring, 'ended')
  ok(!existsSync(path))
  await source.close()
})

test('of two at once into one directory, one has it, and the other takes nothing away', async () => {
  const path = folder.file('twice')
  const source = await openSource(folder.of(1))
  const answers = await Promise.allSettled([1, 2].map(() => restore(source.stored, path, {})))
  equal(answers.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
  await source.close()
  await (await openSource(path)).close()
})

async function* failing(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(1)
  throw new Error('broken')
}

test('the folder is removed', () => folder.remove())

test.run()
