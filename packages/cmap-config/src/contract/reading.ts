// What `get` and `entries` guarantee.

import assert from 'node:assert/strict'
import { rejects } from './notes.ts'
import type { Scene } from './subject.ts'

export const readingScenes: readonly Scene[] = [
  [
    'get without a type: the value with its type and length',
    async ({ map, put }) => {
      await put('contract.text', 'two words')
      await put('contract.number', 5)
      assert.deepEqual(await map.get('contract.text'), { type: 'string', value: 'two words', length: 10 })
      assert.deepEqual(await map.get('contract.number'), { type: 'uint32', value: 5, length: 4 })
    },
  ],
  [
    'get with a type: the bare value; another type is CS_ERR_INVALID_PARAM',
    async ({ map, put }) => {
      await put('contract.number', 5)
      assert.equal(await map.get('contract.number', 'uint32'), 5)
      await rejects(map.get('contract.number', 'string'), 'CS_ERR_INVALID_PARAM', '"contract.number"')
    },
  ],
  [
    'get of a key that is not there: CS_ERR_NOT_EXIST',
    async ({ map, put }) => {
      await put('contract.one.more', 5)
      await rejects(map.get('contract.one'), 'CS_ERR_NOT_EXIST', '"contract.one"')
    },
  ],
  [
    'entries: all that begin with the prefix, by name',
    async ({ map, put }) => {
      await put('contract.b', 'x')
      await put('contract.a', 1)
      await put('contract.bc', 'y')
      await put('contract.c', 'z')
      assert.deepEqual(await map.entries('contract.b'), [
        { key: 'contract.b', type: 'string', value: 'x', length: 2 },
        { key: 'contract.bc', type: 'string', value: 'y', length: 2 },
      ])
      const keys = (await map.entries()).map(({ key }) => key)
      assert.deepEqual(
        keys.filter((key) => key.startsWith('contract.')),
        ['contract.a', 'contract.b', 'contract.bc', 'contract.c'],
      )
      assert.deepEqual(keys, [...keys].sort())
      assert.deepEqual(await map.entries('contract.none'), [])
    },
  ],
  [
    'calls at the same time are answered each with its own',
    async ({ map, put }) => {
      for (let i = 0; i < 5; i++) await put(`contract.${i}`, i)
      const values = await Promise.all([0, 1, 2, 3, 4].map((i) => map.get(`contract.${i}`, 'uint32')))
      assert.deepEqual(values, [0, 1, 2, 3, 4])
    },
  ],
]
