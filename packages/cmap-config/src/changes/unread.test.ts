import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { makeValue } from '../cmap/values.ts'
import type { CmapChanges } from '../config-map.ts'
import { joinChanges } from './join.ts'
import { UnreadChanges } from './unread.ts'

const test = suite('changes that wait for a reader')

const value = (number: number | undefined) => (number === undefined ? undefined : makeValue('uint8', number))

function set(key: string, before?: number, after?: number, cause: CmapChanges['cause'] = 'set'): CmapChanges {
  return { cause, differences: [{ key, value: value(after), oldValue: value(before) }] }
}

const shown = (changes: CmapChanges | undefined): unknown =>
  changes && [
    changes.cause,
    ...changes.differences.map(({ key, oldValue, value }) => `${key} ${oldValue?.value} ${value?.value}`),
  ]

async function read(unread: UnreadChanges, count: number): Promise<unknown[]> {
  const all: unknown[] = []
  for (let i = 0; i < count; i++) all.push(shown((await unread.next()).value))
  return all
}

test('are read in order, before and after somebody waits for them', async () => {
  const unread = new UnreadChanges(5)
  unread.push(set('a', 1, 2))
  const all = read(unread, 3)
  await null
  unread.push(set('a', 2, 3))
  unread.push(set('b', undefined, 1))
  equal(await all, [
    ['set', 'a 1 2'],
    ['set', 'a 2 3'],
    ['set', 'b undefined 1'],
  ])
})

test('beyond the bound are joined into one; those that come then wait behind it', async () => {
  const unread = new UnreadChanges(2)
  for (const each of [set('a', 1, 2), set('b', 1, undefined), set('a', 2, 3), set('a', 3, 4)])
    unread.push(each)
  equal(await read(unread, 2), [
    ['set', 'a 1 3', 'b 1 undefined'],
    ['set', 'a 3 4'],
  ])
})

test('that undo one another leave nothing to read', async () => {
  const unread = new UnreadChanges(1)
  unread.push(set('a', 1, 2))
  unread.push(set('a', 2, 1))
  const next = read(unread, 1)
  unread.push(set('b', 1, 2))
  equal(await next, [['set', 'b 1 2']])
})

test('joined, the cause is what says least of the steps between', () => {
  const causes = ['set', 'reload', 'reconnect'] as const
  for (const [first, strongest] of causes.entries()) {
    const all = causes.slice(0, first + 1).map((cause) => set('a', first, first + 1, cause))
    is(joinChanges(all).cause, strongest)
  }
})

test('the end is told to all who wait, and to all who come; what waited is gone', async () => {
  const unread = new UnreadChanges(5)
  const waiting = [unread.next(), unread.next()]
  unread.end()
  unread.push(set('a', 1, 2))
  for (const each of [...waiting, unread.next()]) equal(await each, { done: true, value: undefined })
  const other = new UnreadChanges(5)
  other.push(set('a', 1, 2))
  other.end()
  is((await other.next()).done, true)
})

test('a failure is told once, as an error, whether somebody waits or not', async () => {
  for (const early of [true, false]) {
    const unread = new UnreadChanges(5)
    const first = early ? unread.next() : undefined
    unread.fail(new Error('failed'))
    is(await (first ?? unread.next()).catch(({ message }) => message), 'failed')
    is((await unread.next()).done, true)
  }
})

test.run()
