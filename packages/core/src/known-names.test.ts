// A name that there is not is told, with the one that is probably meant.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { namesOf, unknownName } from './known-names.ts'

const known = ['voters', 'view', 'no-quorum', 'onMembership']

test('names that there are pass, and none do', () => {
  assert.is(unknownName(['view', 'voters'], known, 'option '), null)
  assert.is(unknownName([], known, 'option '), null)
})

const nearest: readonly [given: string, meant: string][] = [
  ['voter', 'voters'],
  ['votres', 'voters'],
  ['vieww', 'view'],
  ['noQuorum', 'no-quorum'],
  ['onmembership', 'onMembership'],
  ['onMembershp', 'onMembership'],
]

for (const [given, meant] of nearest) {
  test(`${given} is told that ${meant} may be meant`, () => {
    assert.is(unknownName([given], known, 'option '), `there is no option ${given}: is ${meant} meant?`)
  })
}

test('where none is near, all are told', () => {
  const all = 'there are: voters, view, no-quorum, onMembership'
  assert.is(unknownName(['voters', 'vow'], known, 'limits.'), `there is no limits.vow; ${all}`)
})

test('the names of a type are all of them, and no others', () => {
  assert.equal(namesOf<{ a: 1; b?: 2 }>({ a: true, b: true }), ['a', 'b'])
  // @ts-expect-error b is missing
  namesOf<{ a: 1; b?: 2 }>({ a: true })
  // @ts-expect-error there is no c
  namesOf<{ a: 1 }>({ a: true, c: true })
})

test.run()
