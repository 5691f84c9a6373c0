// What `quorate` prints and answers; as a process: test/quorate-cli.test.ts.

import { readdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openLmdbStorage } from '@quorate/lmdb-storage'
import { suite } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'
import { note, smallLog, TestFolder } from '../ledger.test-support.ts'
import { help } from './arguments.ts'
import { run } from './run.ts'
import { asBrief, asText } from './values.ts'

const test = suite('quorate')
const folder = new TestFolder()
const machine = fileURLToPath(new URL('../ledger.test-support.ts', import.meta.url))
await folder.run('', {}, async (replicas) => {
  await replicas[0]?.submit.later({ word: 'x', afterMs: 3_600_000 })
  await note(replicas, 'a', 6)
})
await folder.run('-small', { limits: smallLog }, (replicas) => note(replicas, 'a', 6))
const [full, small] = [folder.of(1), folder.of(1, '-small')]

async function cli(...args: string[]) {
  const [out, problems]: [string[], string[]] = [[], []]
  const code = await run(args, {
    out: async (line) => void out.push(line),
    problem: (line) => problems.push(line),
    progress: undefined,
    signal: new AbortController().signal,
  })
  return { code, out, problems, text: out.join('\n') }
}

/** `out`, of what has to be done. */
async function done(...args: string[]): Promise<string> {
  const { code, text, problems } = await cli(...args)
  equal([code, problems], [0, []])
  return text
}

async function fails(words: RegExp, ...args: string[]): Promise<void> {
  const { code, out, problems } = await cli(...args)
  equal([code, out, problems.length], [1, [], 1])
  match(problems[0] ?? '', words)
}

test('inspect says whose it is, what it has promised, and what is there', async () => {
  const text = await done('inspect', small)
  for (const line of [
    /^replica +of group 'ledger' on node 1, machine 'ledger'$/m,
    /^group id +\d+, generation 0\.0$/m,
    /^voters +1, 2, 3 by majority$/m,
    /^promised +\d+\.1$/m,
    /^epoch +\d+\.1, of 1:\d+, 2:\d+, 3:\d+$/m,
    /^blank +no$/m,
    /^snapshot +at \d+, \d+ bytes$/m,
    /^log +\d+ to \d+: \d entr/m,
    /^file +[\d,]+ bytes$/m,
  ])
    match(text, line)
  const found = JSON.parse(await done('inspect', full, '--json'))
  equal([found.snapshot, found.log.first, found.log.last], [null, 1, found.log.entries])
  equal([found.owner.nodeid, found.asides, found.digest], [1, [], null])
})

test('log shows each entry on a line: who, what, and whether it is known to be committed', async () => {
  const lines = (await done('log', full)).split('\n')
  const view = /^1 {3}\S+ view \d+\.1, participants 1:\d+, 2:\d+, 3:\d+; members .*; protocol 1, machine 1$/
  match(lines.find((line) => line.includes(' view ')) ?? '', view)
  const note2 = lines.find((line) => line.includes("note('a1')")) ?? ''
  match(note2, /^\d+ [ ?] 20\d\d-\S+Z commands node 2, session \d+, number 1: note\('a1'\)$/)
  ok(lines.some((line) => line.includes("later({ word: 'x', afterMs: 3600000 })")))
  const found = JSON.parse(await done('inspect', full, '--json'))
  const unknown = lines.filter((line) => /^\d+ \?/.test(line)).length
  is(unknown, found.log.last - found.record.commit)
  equal((await done('log', full, '--from', '2', '--to', '3')).split('\n'), lines.slice(1, 3))
})

test('log says how many commands of an entry it leaves out', async () => {
  await folder.run('-many', { voters: [1] }, async ([replica]) => {
    await Promise.all(Array.from({ length: 50 }, (_, i) => replica?.submit.note(`m${i}`)))
  })
  const lines = (await done('log', folder.of(1, '-many'))).split('\n')
  const shown = lines.join('').match(/note\(/g)?.length ?? 0
  const left = lines.reduce((sum, line) => sum + Number(/; … (\d+) more$/.exec(line)?.[1] ?? 0), 0)
  ok(left > 0)
  is(shown + left, 50)
})

test('long bytes are cut in a line of the log, and whole in a state', () => {
  const bytes = new Uint8Array(1000).fill(0xab)
  is(asBrief({ bytes }), `{ bytes: bytes(1000) ${'ab'.repeat(100)}… }`)
  match(asText({ bytes }), /bytes\(1000\) (ab){1000}\s/)
})

test('log --json has each entry as an object, and the nodes that the last epoch still tells', async () => {
  const lines = (await done('log', small, '--json')).split('\n').map((line) => JSON.parse(line))
  for (const { index, nodeid, commands, committed } of lines) {
    ok(index > 3 && [1, 2, 3].includes(nodeid) && typeof committed === 'boolean')
    equal(Object.keys(commands[0]), ['name', 'input'])
  }
})

test('replay gives the state at an index; bytes, maps and tables can be read', async () => {
  const { log, record } = JSON.parse(await done('inspect', full, '--json'))
  const text = await done('replay', full, '--machine', machine, '--to', String(log.last))
  match(text, new RegExp(`^index ${log.last}, digest \\d+, time 20\\S+Z, version 1\n`))
  match(text, /words: \[ 'a0', 'a1', 'a2', 'a3', 'a4', 'a5' \]/)
  match(text, /marks: Map\(6\) \{ 'a0' => 1/)
  match(text, /rows: Map\(6\) \{\s+'a0' => \{ word: 'a0' \}/)
  match(text, /last: bytes\(2\) 6135/)
  const { state, index } = JSON.parse(await done('replay', full, '--machine', machine, '--json'))
  is(index, record.commit)
  equal(state.marks.$map[0], ['a0', 1])
  equal(state.rows.$table[1], ['a1', { word: 'a1' }])
  match(state.last.$bytes, /^613\d$/)
})

test('replay of what is not there, or by what is no machine', async () => {
  const { snapshot, log } = JSON.parse(await done('inspect', small, '--json'))
  const at = (index: number) => ['replay', small, '--machine', machine, '--to', String(index)]
  const oldest = new RegExp(`the oldest state here is that of index ${snapshot.index}, and 1 is asked for`)
  await fails(oldest, ...at(1))
  await done(...at(snapshot.index))
  await fails(/the last entry here is \d+, and \d+ is asked for/, ...at(log.last + 1))
  const file = (name: string, content: string): string => {
    writeFileSync(folder.file(name), content)
    return folder.file(name)
  }
  const none = file('none.mjs', 'export const a = 1')
  await fails(
    /none.mjs exports no machine: export what defineMachine returns/,
    'replay',
    full,
    '--machine',
    none,
  )
  await fails(/absent.mjs is not there/, 'replay', full, '--machine', folder.file('absent.mjs'))
  await fails(
    /could not be loaded: oh/,
    'replay',
    full,
    '--machine',
    file('bad.mjs', 'throw new Error("oh")'),
  )
  await fails(
    /has no machine 'x': give --export ledger/,
    'replay',
    full,
    '--machine',
    machine,
    '--export',
    'x',
  )
})

test('machines of another name or version are refused', async () => {
  const other = fileURLToPath(new URL('other-machines.test-support.ts', import.meta.url))
  const by = (name: string) => ['replay', full, '--machine', other, '--export', name]
  await fails(/is of the machine 'ledger', and this is 'other'/, ...by('other'))
  await fails(/has version 1, and this program runs 3 to 4 .*first upgrade/, ...by('newer'))
  await fails(/as its default export: give --export newer or other/, 'replay', full, '--machine', other)
})

test('backup and restore', async () => {
  const file = folder.file('one.backup')
  match(await done('backup', full, file), /one\.backup: the state at \d+, [\d,]+ bytes\nsha256 [0-9a-f]{64}$/)
  const { digest } = JSON.parse(await done('inspect', file, '--json'))
  match(await done('inspect', file), new RegExp(`^sha256 +${digest}$`, 'm'))
  is(await done('log', file), await done('log', full))
  is(await done('replay', file, '--machine', machine), await done('replay', full, '--machine', machine))
  await fails(/is there already/, 'backup', full, file)
  const to = folder.file('restored')
  const said = await done('restore', file, to, '--voters', '4,5', '--node', '5', '--group', 'g')
  match(said, /of group 'g' on node 5, .* in a new group with the id \d+\nvoters 4, 5 by majority\n/)
  match(said, /those of the nodes 4 with empty storages.*No replica of the old group may run/)
  const { record, log } = JSON.parse(await done('inspect', to, '--json'))
  equal([record.commit, record.certain, record.blank], [log.last, log.last, false])
  await fails(/is not empty, and nothing is written over it/, 'restore', file, to)
  await fails(/is no backup/, 'restore', machine, folder.file('x'))
})

test('what was set aside', async () => {
  await folder.run('-aside', {}, (replicas) => note(replicas, 'old', 2))
  const path = folder.of(1, '-aside')
  const storage = await openLmdbStorage({ path })
  const stored = await storage.load()
  ok(stored)
  const { owner, record } = stored
  await new Promise<void>((resolve) => storage.write({ setAside: true, owner, record }, () => resolve()))
  await storage.close()
  match(await done('inspect', path), /^aside 1 +committed up to \d+, log up to \d+$/m)
  match(await done('inspect', path), /^log +no entry behind 0$/m)
  match(await done('log', path, '--aside', '1'), /note\('old1'\)/)
  await done('backup', path, folder.file('aside.backup'), '--aside', '1')
  match(await done('log', folder.file('aside.backup')), /note\('old1'\)/)
  await fails(/set aside there is no 2; there is 1: give --aside 1 to 1/, 'log', path, '--aside', '2')
  await fails(/set aside there is no 1; there is nothing/, 'inspect', full, '--aside', '1')
})

test('a directory without a storage, or with an empty one', async () => {
  const path = folder.file('nowhere')
  await fails(/nowhere is not there; give the directory/, 'inspect', path)
  ok(!readdirSync(folder.path).includes('nowhere'))
  await (await openLmdbStorage({ path })).close()
  await fails(/nowhere cannot be used: it is a directory, and no backup/, 'restore', path, folder.file('x'))
  await fails(/has a storage to which no replica has written yet/, 'log', path)
})

for (const args of [
  [],
  ['inspect'],
  ['sing'],
  ['log', 'a', 'b'],
  ['log', 'a', '--loud'],
  ['log', 'a', '--from', 'one'],
  ['inspect', 'a', '--to', '1'],
  ['replay', 'a'],
  ['backup', 'a'],
  ['restore', 'a', 'b', '--voters', '1,'],
  ['restore', 'a', 'b', '--policy', 'some'],
]) {
  test(`wrong arguments (${args.join(' ')}): exit code 2, and the help`, async () => {
    const { code, out, problems } = await cli(...args)
    equal([code, out, problems.length], [2, [], 1])
    ok(problems[0]?.endsWith(help))
  })
}

test('--help is no mistake', async () => {
  equal(await done('--help'), help)
})

test('the folder is removed', () => folder.remove())

test.run()
