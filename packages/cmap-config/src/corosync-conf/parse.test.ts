import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { CorosyncConfError } from './error.ts'
import { formatCorosyncConf } from './format.ts'
import { parseCorosyncConf } from './parse.ts'

const test = suite('corosync.conf, the file format')

function refused(text: string): CorosyncConfError {
  try {
    parseCorosyncConf(text)
  } catch (error) {
    if (error instanceof CorosyncConfError) return error
    throw error
  }
  throw new Error(`Was accepted: ${text}`)
}

test('keeps order, repeated sections and comments', () => {
  const { entries } = parseCorosyncConf('#  first \nb {\n a: 1\n}\n\na: 2\r\nb {\n}')
  assert.equal(entries, [
    { type: 'comment', text: 'first' },
    { type: 'section', name: 'b', entries: [{ type: 'key', key: 'a', value: '1' }] },
    { type: 'key', key: 'a', value: '2' },
    { type: 'section', name: 'b', entries: [] },
  ])
})

test('ends a key at the first colon', () => {
  assert.is(parseCorosyncConf('nodelist {\nring0_addr:fd00::1\n}').get('nodelist.ring0_addr'), 'fd00::1')
})

test('takes a brace before a colon, as corosync does', () => {
  assert.is(refused('totem {\n  a: b{c\n}').line, 2)
})

test('keeps an empty value', () => {
  const conf = parseCorosyncConf('totem {\n  a:\n}')
  assert.is(conf.get('totem.a'), '')
  assert.is(formatCorosyncConf(conf), 'totem {\n    a:\n}\n')
})

test('a text that was written reads back as the same data', () => {
  const messy =
    '# c\nx: 1\ntotem{\nversion:2\n#inner\n\tinterface {\n}\n interface {\nlinknumber: 1\n}\n}\nlogging {\n}\n'
  const conf = parseCorosyncConf(messy)
  const written = formatCorosyncConf(conf)
  assert.equal(parseCorosyncConf(written).entries, conf.entries)
  assert.is(formatCorosyncConf(parseCorosyncConf(written)), written)
})

const mistakes = [
  ['totem {\n  version\n}', 2, /"version" is no "key: value"/],
  ['totem {\n  version: 2\n', 1, /"totem" is never closed/],
  ['totem {\n  interface {\n  version: 2\n}', 1, /"totem" is never closed/],
  ['totem {\n}\n}\n', 3, /no open section/],
  ['{\n}', 1, /no section name/],
  ['totem { version: 2\n}', 1, /"version: 2" follows "\{"/],
  ['totem {\n} x', 2, /line of its own/],
  ['totem {\n : 2\n}', 2, /no key/],
  [`totem {\n\n a: ${'b'.repeat(510)}\n}`, 3, /510 bytes/],
] as const

for (const [text, line, problem] of mistakes) {
  test(`names line and mistake: ${JSON.stringify(text.slice(0, 40))}`, () => {
    const error = refused(text)
    assert.is(error.line, line)
    assert.match(error.message, problem)
    assert.match(error.message, new RegExp(`line ${line}:`))
  })
}

test.run()
