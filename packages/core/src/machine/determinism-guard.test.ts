import childProcess from 'node:child_process'
import nodeCrypto from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { QuorateError } from '../errors.ts'
import { defineMachine } from './define-machine.ts'
import { runGuarded } from './determinism-guard.ts'
import { commands, errorOf, incarnation, process as member, view } from './machine.test-support.ts'
import { ReplicatedState } from './replicated-state.ts'

const own = incarnation(1)

const forbidden: readonly (readonly [() => unknown, RegExp])[] = [
  [() => Date.now(), /Date\.now in a reducer .* use ctx\.now/],
  [() => new Date(), /new Date\(\) in a reducer .* use ctx\.now/],
  [() => (Date as unknown as () => string)(), /Date\(\) in a reducer/],
  [() => performance.now(), /performance\.now .* use ctx\.now/],
  [() => process.hrtime.bigint(), /process\.hrtime\.bigint/],
  [() => Math.random(), /Math\.random .* use ctx\.random\(\) or ctx\.id\(\)/],
  [() => crypto.randomUUID(), /crypto\.randomUUID .* ctx\.id\(\)/],
  [() => nodeCrypto.randomBytes(8), /crypto\.randomBytes/],
  [() => setTimeout(() => {}, 1), /setTimeout .* use ctx\.schedule/],
  [() => setImmediate(() => {}), /setImmediate/],
  [() => queueMicrotask(() => {}), /queueMicrotask/],
  [() => process.nextTick(() => {}), /process\.nextTick/],
  [() => fetch('http://127.0.0.1:1/'), /fetch .* do it before submit/],
  [() => fs.readFileSync('/etc/hostname'), /fs\.readFileSync/],
  [() => fs.promises.readFile('/etc/hostname'), /fs\.promises\.readFile/],
  [() => childProcess.execSync('true'), /child_process\.execSync/],
  [() => net.connect(1, '127.0.0.1'), /net\.connect/],
  [() => AbortSignal.timeout(1), /AbortSignal\.timeout .* use ctx\.schedule/],
  [() => process.memoryUsage(), /process\.memoryUsage/],
  [() => new Date(2020, 1), /new Date\(year, month, …\) .*time zone: .* Date\.UTC/],
  [() => new Date(5).getHours(), /date\.getHours .*time zone: .* UTC/],
  [() => new Date(5).getMinutes(), /date\.getMinutes /],
  [() => new Date(5).setHours(1), /date\.setHours /],
  [() => new Date(5).getTimezoneOffset(), /date\.getTimezoneOffset /],
  [() => new Date(5).toDateString(), /date\.toDateString /],
  [() => new Date(5).toTimeString(), /date\.toTimeString /],
  [() => new Date('2020-01-01T00:00'), /new Date\('2020-01-01T00:00'\) .*end the text with Z/],
  [() => Date.parse('1 Jan 2020 10:00'), /Date\.parse\('1 Jan 2020 10:00'\) .*end the text with Z/],
  [() => `${new Date(5)}`, /date\.toString .*toISOString/],
  [() => new Date(5).toLocaleString(), /date\.toLocaleString .*locale/],
  [() => ['b', 'a'].sort((a, b) => a.localeCompare(b)), /string\.localeCompare .* compare with < and >/],
  [() => 'i'.toLocaleUpperCase(), /string\.toLocaleUpperCase .*locale/],
  [() => 5n.toLocaleString(), /bigint\.toLocaleString .*locale/],
  [() => [1.5].toLocaleString(), /number\.toLocaleString .*locale/],
  [() => new Intl.PluralRules(), /Intl\.PluralRules .*locale/],
  [() => new Intl.Segmenter(), /Intl\.Segmenter .*locale/],
  [() => performance.mark('x'), /performance\.mark .* use ctx\.now/],
  [() => performance.timeOrigin, /performance\.timeOrigin .* use ctx\.now/],
  [() => process.pid, /process\.pid .* ctx\.origin/],
  [() => process.stdout.write('x'), /process\.stdout .* console/],
  [() => new Intl.DateTimeFormat(), /Intl\.DateTimeFormat .*locale/],
]

test('what differs between replicas throws, names itself and says what to use', () => {
  for (const [call, message] of forbidden) {
    const error = errorOf(() => runGuarded(call))
    assert.is(error.code, 'Nondeterministic')
    assert.match(error.message, message)
  }
})

test('a caught violation is one all the same', () => {
  const swallow = () => {
    try {
      Math.random()
    } catch {
      return 0
    }
    return 1
  }
  assert.match(errorOf(() => runGuarded(swallow)).message, /Math\.random/)
})

test('dates of a given time stay, and know their class', () => {
  const date = runGuarded(() => new Date(5))
  assert.ok(date instanceof Date && date.getTime() === 5)
  assert.is(
    runGuarded(() => new Date(5) instanceof Date && Date.UTC(1970, 0) === 0),
    true,
  )
})

test('dates in UTC may be asked for, and written', () => {
  const text = () =>
    `${new Date(5).toISOString()} ${new Date(5).getUTCHours()} ${JSON.stringify(new Date(5))}`
  assert.is(runGuarded(text), '1970-01-01T00:00:00.005Z 0 "1970-01-01T00:00:00.005Z"')
})

test('dates are read from texts that name their zone, or are none', () => {
  const texts = [
    ...[
      '2020',
      '2020-02',
      '2020-02-03',
      '+012020-02-03',
      '2020-02-03T04:05Z',
      '2020-02-03T04:05:06.007+08:00',
    ],
    ...[
      'Mon, 03 Feb 2020 04:05:06 GMT',
      '3 Feb 2020 04:05 PST',
      'Mon Feb 03 2020 04:05:06 GMT+0100 (CET)',
      'none',
    ],
  ]
  const parsed = texts.map((text) => Date.parse(text))
  const guarded = runGuarded(() => texts.flatMap((text) => [Date.parse(text), new Date(text).getTime()]))
  assert.equal(
    guarded,
    parsed.flatMap((timeMs) => [timeMs, timeMs]),
  )
  for (const text of ['2020-02-03T04:05', '2020-02-03 04:05', '02-03-2020', 'Feb 3, 2020'])
    assert.throws(() => runGuarded(() => new Date(text)), /new Date\('.*time zone/)
})

test('what node warns of is no violation', () => {
  const { emitWarning } = process
  process.emitWarning = () => process.nextTick(() => {})
  try {
    runGuarded(() => process.emitWarning('deprecated'))
  } finally {
    process.emitWarning = emitWarning
  }
})

test('an error tells where it comes from', () => {
  assert.match(String(runGuarded(() => new Error('here').stack)), /determinism-guard\.test\.ts/)
})

test('the console may be used, whatever it writes to, and the traps stand behind it', () => {
  const { nextTick } = process
  const written: unknown[] = []
  const log = console.log
  // As a stream does that leads into a pipe.
  console.log = (...what: unknown[]) => nextTick(() => written.push(...what))
  try {
    const says = () => {
      console.log('said')
      return Math.random()
    }
    assert.match(errorOf(() => runGuarded(says)).message, /Math\.random/)
    console.log = () => process.nextTick(() => {})
    runGuarded(() => console.log('by a stream'))
  } finally {
    console.log = log
  }
  assert.is(process.nextTick, nextTick)
})

test('everything is put back, also after a throw', () => {
  const guarded = (): unknown[] => [
    Date,
    Date.now,
    Math.random,
    setTimeout,
    fetch,
    Date.prototype.getHours,
    Intl.Collator,
    process.hrtime,
    crypto.randomUUID,
  ]
  const before = guarded()
  assert.throws(() => runGuarded(() => Math.random()))
  runGuarded(() => 1)
  const after = guarded()
  for (const [place, value] of before.entries()) assert.is(after[place], value)
  assert.not(Object.hasOwn(performance, 'now'))
  assert.ok(Math.random() < 1 && Date.now() > 0)
})

test('clocks that a test has put in their places are put back, and trapped', () => {
  const real = globalThis.setTimeout
  const fake = (() => 0) as unknown as typeof setTimeout
  globalThis.setTimeout = fake
  try {
    assert.throws(() => runGuarded(() => setTimeout(() => {}, 1)), /setTimeout/)
    assert.is(globalThis.setTimeout, fake)
  } finally {
    globalThis.setTimeout = real
  }
})

const machine = defineMachine({
  name: 'gambler',
  version: 1,
  initial: () => ({ value: 0 }),
  reducers: {
    gamble(state) {
      state.value = Math.random()
    },
  },
})

function gambler(options: { readonly guard?: boolean }): ReplicatedState<{ value: number }> {
  const replica = new ReplicatedState(machine, options)
  replica.apply(1, view({ participants: [member(1)] }), own)
  return replica
}

test('a machine is guarded by default, and the failure names the reducer', () => {
  const error = errorOf(() => gambler({}).apply(2, commands([['gamble']]), own))
  assert.is(error.code, 'MachineFailed')
  assert.match(error.message, /in the command 'gamble' .*Math\.random/)
  assert.is((error.cause as QuorateError).code, 'Nondeterministic')
})

test('the guard can be left out', () => {
  const replica = gambler({ guard: false })
  replica.apply(2, commands([['gamble']]), own)
  assert.ok(replica.state.value > 0)
})

test('initial() is guarded too', () => {
  const late = defineMachine({ name: 'late', version: 1, initial: () => ({ at: Date.now() }), reducers: {} })
  assert.match(errorOf(() => new ReplicatedState(late)).message, /Date\.now/)
})

test.run()
