// What `changes` and `close` guarantee.

import assert from 'node:assert/strict'
import { note, quiet, rejects, takeNotes, until } from './notes.ts'
import type { Scene } from './subject.ts'

const keys = { prefix: 'contract.' }

export const lifeScenes: readonly Scene[] = [
  [
    'changes are iterated in order, and the iteration ends with its loop',
    async ({ map, put }) => {
      const lines: string[] = []
      const changes = map.changes(keys)
      // Begun: what was asked for later is answered later.
      await takeNotes(map, keys)
      await put('contract.key', 1)
      for await (const each of changes) {
        lines.push(...note(each))
        if (lines.length === 3) break
        await put('contract.key', lines.length + 1)
      }
      assert.deepEqual(lines, ['contract.key: - → 1', 'contract.key: 1 → 2', 'contract.key: 2 → 3'])
      assert.deepEqual(await changes.next(), { done: true, value: undefined })
    },
  ],
  [
    'beyond unreadMax the changes that wait are joined: for each key the oldest value and the newest',
    async ({ map, put }) => {
      const changes = map.changes(keys, { unreadMax: 2 })
      const notes = await takeNotes(map, keys)
      const steps = [
        ['a', 1],
        ['b', 1],
        ['a', 2],
        ['b', undefined],
      ] as const
      for (const [index, [key, value]] of steps.entries()) {
        await put(`contract.${key}`, value)
        await until(() => notes.lines.length > index)
      }
      const read = [await changes.next(), await changes.next()].map(({ value }) => note(value))
      assert.deepEqual(read, [['contract.a: - → 2', 'contract.b: - → 1'], ['contract.b: 1 → -']])
      await changes.return?.()
    },
  ],
  [
    'a signal ends an iteration, also one that waits, and one that is given too late',
    async ({ map }) => {
      const controller = new AbortController()
      const next = map.changes(keys, { signal: controller.signal }).next()
      controller.abort()
      assert.equal((await next).done, true)
      assert.equal((await map.changes(keys, { signal: controller.signal }).next()).done, true)
    },
  ],
  [
    'unreadMax is a whole number above 0',
    async ({ map }) => {
      for (const unreadMax of [0, 1.5, Number.NaN]) {
        assert.throws(() => map.changes(keys, { unreadMax }), RangeError)
      }
    },
  ],
  [
    'close: calls fail with CLOSED, nothing is told, iterations end; a second close is none',
    async ({ map, put }) => {
      const notes = await takeNotes(map, keys)
      const next = map.changes(keys).next()
      await Promise.all([map.close(), map.close()])
      assert.equal((await next).done, true)
      await put('contract.key', 1)
      await rejects(map.get('contract.key'), 'CLOSED')
      await rejects(map.entries(), 'CLOSED')
      await rejects(
        map.track(keys, () => undefined),
        'CLOSED',
      )
      await rejects(map.changes(keys).next(), 'CLOSED')
      await quiet()
      assert.deepEqual(notes.lines, [])
      notes.stop()
      await map.close()
    },
  ],
  [
    '`await using` closes it',
    async ({ map }) => {
      await map[Symbol.asyncDispose]()
      await rejects(map.get('contract.key'), 'CLOSED')
    },
  ],
]
