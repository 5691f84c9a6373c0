import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { levelsOf, nest } from './nest.ts'

const test = suite('nesting')
const nested = (entries: Record<string, unknown>) => nest(new Map(Object.entries(entries)))

test('dots separate levels', () => {
  assert.equal(nested({ 'a.b.c': 1, 'a.d': 2, e: 3 }), { a: { b: { c: 1 }, d: 2 }, e: 3 })
})

test('names from 0 on without a gap are places, in whatever order they come', () => {
  assert.equal(nested({ 'node.1.id': 2, 'node.0.id': 1 }), { node: [{ id: 1 }, { id: 2 }] })
  const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, place) => [`a.${place}`, place]))
  assert.equal(nested(eleven), { a: Array.from({ length: 11 }, (_, place) => place) })
})

test('other numbers are names', () => {
  assert.equal(nested({ 'members.1.ip': 'x', 'members.2.ip': 'y' }), {
    members: { 1: { ip: 'x' }, 2: { ip: 'y' } },
  })
  assert.equal(nested({ 'a.0': 1, 'a.2': 2 }), { a: { 0: 1, 2: 2 } })
  assert.equal(nested({ 'a.00': 1 }), { a: { '00': 1 } })
})

test('the whole is an object, also with names that are numbers', () => {
  assert.equal(nested({ 0: 'a' }), { 0: 'a' })
  assert.equal(nested({}), {})
})

test('names of the language are names like any other', () => {
  const object = nested({ '__proto__.polluted': 1, constructor: 2 } as Record<string, unknown>)
  assert.is(({} as Record<string, unknown>)['polluted'], undefined)
  assert.equal(Object.keys(object), ['__proto__', 'constructor'])
})

test('each level is known, with a path in it', () => {
  assert.equal(
    [...levelsOf(['a.b.c', 'd'])],
    [
      ['a', 'a.b.c'],
      ['a.b', 'a.b.c'],
    ],
  )
})

test.run()
