// What quorate-cmap prints and answers, on a file; on a daemon: test/cmap-cli.test.ts.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { equal, is, match } from 'uvu/assert'
import { until } from '../contract/notes.ts'
import { help } from './arguments.ts'
import { run } from './run.ts'
import { readType, readValue } from './value.ts'

const test = suite('quorate-cmap')
const folder = mkdtempSync(join(tmpdir(), 'quorate-cmap-cli-'))
const file = join(folder, 'map.json')
const write = (content: unknown): void => writeFileSync(file, JSON.stringify(content))

function start(...args: string[]) {
  const controller = new AbortController()
  const [out, problems]: [string[], string[]] = [[], []]
  const code = run(args, {
    out: (line) => out.push(line),
    problem: (line) => problems.push(line),
    untilEnded: () => controller.signal,
  })
  return { out, problems, code, end: () => controller.abort() }
}

async function finish(...args: string[]) {
  const { out, problems, code } = start(...args)
  return { code: await code, out, problems }
}

test('get shows keys with their types', async () => {
  write({ a: { one: 1, text: 'two\nlines', real: 1.5, long: -1 } })
  equal(await finish('get', 'a.one', 'a.text', '--file', file), {
    code: 0,
    out: ['a.one = uint32 1', 'a.text = string "two\\nlines"'],
    problems: [],
  })
})

test('list shows what begins with a prefix, or all; --json one object on each line', async () => {
  equal((await finish('list', 'a.r', '--file', file)).out, ['a.real = double 1.5'])
  equal((await finish('list', '--json', '--file', file)).out, [
    '{"key":"a.long","type":"int64","value":"-1"}',
    '{"key":"a.one","type":"uint32","value":1}',
    '{"key":"a.real","type":"double","value":1.5}',
    '{"key":"a.text","type":"string","value":"two\\nlines"}',
  ])
})

test('a key that is not there: exit code 1, and what was found before it', async () => {
  const { code, out, problems } = await finish('get', 'a.one', 'absent', '--file', file)
  equal([code, out], [1, ['a.one = uint32 1']])
  match(problems[0] ?? '', `${file} has no key "absent"`)
})

for (const flags of [[], ['--json']]) {
  test(`watch ${flags} shows a reload as one, and ends with exit code 0`, async () => {
    write({ a: { one: 1, text: 'x' } })
    const watch = start('watch', 'a.', '--file', file, ...flags)
    await new Promise((resolve) => setTimeout(resolve, 500))
    write({ a: { one: 2, real: 0.5 } })
    await until(() => watch.out.length > 0)
    watch.end()
    is(await watch.code, 0)
    const lines = [
      'reload: 3 keys',
      '  a.one: uint32 1 → uint32 2',
      '  a.real: (none) → double 0.5',
      '  a.text: string "x" → (none)',
    ]
    const object = {
      cause: 'reload',
      differences: [
        { key: 'a.one', oldValue: { type: 'uint32', value: 1 }, value: { type: 'uint32', value: 2 } },
        { key: 'a.real', oldValue: null, value: { type: 'double', value: 0.5 } },
        { key: 'a.text', oldValue: { type: 'string', value: 'x' }, value: null },
      ],
    }
    equal(watch.out, [flags.length > 0 ? JSON.stringify(object) : lines.join('\n')])
  })
}

test('watch tells of a file that cannot be read, and goes on', async () => {
  write({ key: 1 })
  const watch = start('watch', '--file', file)
  await new Promise((resolve) => setTimeout(resolve, 500))
  writeFileSync(file, '{')
  await until(() => watch.problems.length > 0)
  write({ key: 2 })
  await until(() => watch.out.length > 0)
  watch.end()
  is(await watch.code, 0)
  match(watch.problems[0] ?? '', /line 1: .* What was read last stays\./)
  equal(watch.out, ['reload: 1 key\n  key: uint32 1 → uint32 2'])
})

for (const args of [
  [],
  ['get'],
  ['sing'],
  ['list', 'a', 'b'],
  ['get', 'a.one', '--loud'],
  ['set', 'a.one', '--file', file],
  ['set', 'a.one', '2', '--file', file],
  ['delete', 'a.one', '--map', 'stats'],
  ['list', '--map', 'other'],
  ['list', '--map', 'stats', '--file', file],
]) {
  test(`wrong arguments (${args.join(' ').replace(file, 'FILE')}): exit code 2, and the help`, async () => {
    const { code, out, problems } = await finish(...args)
    equal([code, out, problems.length], [2, [], 1])
    match(problems[0] ?? '', help)
  })
}

test('--help is no mistake', async () => {
  equal(await finish('--help'), { code: 0, out: [help], problems: [] })
})

test('a word becomes the value of its type, or is refused', () => {
  equal(readValue('uint64', '18446744073709551615'), 2n ** 64n - 1n)
  equal(readValue('double', '-1e3'), -1000)
  equal(readValue('string', '5'), '5')
  equal(readValue('binary', '00fF'), new Uint8Array([0, 255]))
  is(readType('u32'), 'uint32')
  for (const refused of [
    () => readValue('int8', '1.5'),
    () => readValue('int8', ''),
    () => readValue('float', ' '),
    () => readValue('binary', '0'),
    () => readType('constructor'),
  ]) {
    let message = ''
    try {
      refused()
    } catch (error) {
      message = (error as Error).constructor.name
    }
    is(message, 'UsageError')
  }
})

test('the folder is removed', () => rmSync(folder, { recursive: true }))

test.run()
