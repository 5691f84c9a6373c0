// What `track` guarantees.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { CmapValue } from '../cmap/values.ts'
import { type Notes, quiet, takeNotes, told, until } from './notes.ts'
import type { Scene } from './subject.ts'

export const trackingScenes: readonly Scene[] = [
  [
    'a key that comes, changes, is of another type and goes: old and new value, in order',
    async ({ map, put }) => {
      const notes = await takeNotes(map, { key: 'contract.key' })
      assert.deepEqual(notes.entries, [])
      const steps = [
        [1, 'contract.key: - → 1'],
        [2, 'contract.key: 1 → 2'],
        ['2', 'contract.key: 2 → 2'],
        [undefined, 'contract.key: 2 → -'],
      ] as const
      for (const [index, [value]] of steps.entries()) {
        await put('contract.key', value)
        await told(notes, ...steps.slice(0, index + 1).map(([, line]) => line))
      }
    },
  ],
  [
    'a key is one key, a prefix all keys that begin so; the same value again is no change',
    async ({ map, put }) => {
      await put('contract.key', 1)
      const key = await takeNotes(map, { key: 'contract.key' })
      const prefix = await takeNotes(map, { prefix: 'contract.k' })
      await put('contract.key', 1)
      await put('contract.other', 1)
      await put('contract.key.below', 1)
      await told(prefix, 'contract.key.below: - → 1')
      await put('contract.key', 2)
      await told(key, 'contract.key: 1 → 2')
      await told(prefix, 'contract.key.below: - → 1', 'contract.key: 1 → 2')
    },
  ],
  [
    'the entries are what was there at first',
    async ({ map, put }) => {
      await put('contract.b', 'x')
      await put('contract.a', 1)
      const { entries } = await takeNotes(map, { prefix: 'contract.' })
      assert.deepEqual(entries, [
        { key: 'contract.a', type: 'uint32', value: 1, length: 4 },
        { key: 'contract.b', type: 'string', value: 'x', length: 2 },
      ])
    },
  ],
  [
    'of changes while a tracking begins none is missing, and none is both in the entries and told',
    async ({ map, put }) => {
      const last = 60
      const counting = (async () => {
        for (let value = 1; value <= last; value++) await put('contract.count', value)
      })()
      for (let begun = 0; begun < 10; begun++) await checkBeginning(map, last)
      await counting
    },
  ],
  [
    'after stop nothing is told, also when a handler stops itself; a second stop does nothing',
    async ({ map, put }) => {
      const other = await takeNotes(map, { prefix: 'contract.' })
      const stopped = await takeNotes(map, { prefix: 'contract.' })
      const itself = await takeNotes(map, { prefix: 'contract.' }, (notes) => notes.stop())
      stopped.stop()
      stopped.stop()
      await put('contract.one', 1)
      await told(other, 'contract.one: - → 1')
      await put('contract.two', 2)
      await told(other, 'contract.one: - → 1', 'contract.two: - → 2')
      await told(itself, 'contract.one: - → 1')
      assert.deepEqual(stopped.lines, [])
    },
  ],
  [
    'what a handler throws is an uncaught exception, and in no other handler’s way',
    async ({ map, put }) => {
      await map.track({ prefix: 'contract.' }, () => {
        throw new Error('thrown by a handler')
      })
      const hears = await takeNotes(map, { prefix: 'contract.' })
      // Before anybody else's listener, which would take it for the end of the test.
      const others = process.listeners('uncaughtException')
      process.removeAllListeners('uncaughtException')
      const uncaught = once(process, 'uncaughtException')
      await put('contract.key', 1)
      const [error] = await uncaught
      for (const listener of others) process.on('uncaughtException', listener)
      assert.equal(error.message, 'thrown by a handler')
      await told(hears, 'contract.key: - → 1')
    },
  ],
  [
    'a handler may track, from after what it is told on, and stop other trackings',
    async ({ map, put }) => {
      const begun: Promise<Notes>[] = []
      let others: readonly Notes[] = []
      const first = await takeNotes(map, { key: 'contract.key' }, (notes) => {
        if (notes.lines.length > 1) return
        begun.push(takeNotes(map, { key: 'contract.key' }))
        for (const other of others) other.stop()
      })
      others = [await takeNotes(map, { key: 'contract.key' })]
      await put('contract.key', 1)
      await told(first, 'contract.key: - → 1')
      const second = (await begun[0]) as Notes
      await put('contract.key', 2)
      await told(first, 'contract.key: - → 1', 'contract.key: 1 → 2')
      await told(second, 'contract.key: 1 → 2')
      assert.deepEqual(
        second.entries.map(({ value }) => value),
        [1],
      )
    },
  ],
  [
    'a handler may call the map',
    async ({ map, put }) => {
      const read: Promise<CmapValue>[] = []
      const notes = await takeNotes(map, { key: 'contract.key' }, () => read.push(map.get('contract.key')))
      await put('contract.key', 1)
      await until(() => notes.lines.length > 0)
      assert.equal((await read[0])?.value, 1)
      await quiet()
      await told(notes, 'contract.key: - → 1')
    },
  ],
]

/** Tracks a key that counts up: from the entries to the last value each change begins with the value before. */
async function checkBeginning(map: Parameters<typeof takeNotes>[0], last: number): Promise<void> {
  const notes = await takeNotes(map, { key: 'contract.count' })
  const first = notes.entries[0]?.value
  await until(() => first === last || notes.lines.at(-1)?.endsWith(`→ ${last}`) === true)
  notes.stop()
  let before = first === undefined ? '-' : String(first)
  for (const line of notes.lines) {
    const [, old, now] = /: (.*) → (.*)/.exec(line) ?? []
    assert.equal(old, before, `a change is missing or told twice: ${notes.lines}`)
    before = now ?? ''
  }
  assert.equal(before, String(last))
}
