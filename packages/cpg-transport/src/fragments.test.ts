import type { Member } from '@quorate/core'
import { test } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { Reassembly } from './fragments.ts'
import type { Fragment } from './frames.ts'

const ann: Member = { nodeid: 1, pid: 10 }
const bob: Member = { nodeid: 2, pid: 10 }

const fragment = (number: number, index: number, count: number, part: string): Fragment => ({
  type: 'fragment',
  number,
  index,
  count,
  part: Buffer.from(part),
})

/** What `add` returns for each fragment of `from`, as text. */
function addAll(reassembly: Reassembly, from: Member, ...fragments: Fragment[]): (string | undefined)[] {
  return fragments
    .map((one) => reassembly.add(from, one))
    .map((bytes) => bytes && Buffer.from(bytes).toString())
}

test('the last fragment completes the message', () => {
  const reassembly = new Reassembly(100)
  equal(addAll(reassembly, ann, fragment(1, 0, 3, 'ab'), fragment(1, 1, 3, 'cd'), fragment(1, 2, 3, 'e')), [
    undefined,
    undefined,
    'abcde',
  ])
  is(reassembly.bytes, 0)
})

test('a message of one fragment is complete at once', () => {
  equal(addAll(new Reassembly(100), ann, fragment(1, 0, 1, 'all')), ['all'])
})

test('messages of different senders do not mix', () => {
  const reassembly = new Reassembly(100)
  reassembly.add(ann, fragment(1, 0, 2, 'a'))
  reassembly.add(bob, fragment(1, 0, 2, 'b'))
  equal(addAll(reassembly, ann, fragment(1, 1, 2, 'A')), ['aA'])
  equal(addAll(reassembly, bob, fragment(1, 1, 2, 'B')), ['bB'])
})

test('a view drops every unfinished message: its rest in the next view completes nothing', () => {
  const reassembly = new Reassembly(100)
  reassembly.add(ann, fragment(1, 0, 2, 'a'))
  reassembly.add(bob, fragment(1, 0, 2, 'b'))
  reassembly.reset()
  is(reassembly.bytes, 0)
  equal(addAll(reassembly, ann, fragment(1, 1, 2, 'A')), [undefined])
  equal(addAll(reassembly, bob, fragment(1, 1, 2, 'B')), [undefined])
})

test('sent again from its first fragment, a message completes', () => {
  const reassembly = new Reassembly(100)
  const again = [fragment(1, 1, 2, 'x'), fragment(2, 0, 2, 'a'), fragment(2, 1, 2, 'A')]
  equal(addAll(reassembly, ann, ...again), [undefined, undefined, 'aA'])
})

test('a first fragment replaces what was unfinished', () => {
  const reassembly = new Reassembly(100)
  equal(
    addAll(
      reassembly,
      ann,
      fragment(1, 0, 3, 'x'),
      fragment(2, 0, 2, 'a'),
      fragment(1, 1, 3, 'y'),
      fragment(2, 1, 2, 'A'),
    ),
    [undefined, undefined, undefined, undefined],
    'what mixes two numbers completes nothing',
  )
  equal(addAll(reassembly, ann, fragment(3, 0, 2, 'a'), fragment(3, 1, 2, 'A')), [undefined, 'aA'])
})

test('a missing beginning or a gap completes nothing', () => {
  for (const indexes of [[1], [1, 2], [0, 2], [0, 2, 1], [0, 0, 2], [0, 1, 1, 2]]) {
    const reassembly = new Reassembly(100)
    const fragments = indexes.map((index) => fragment(1, index, 3, 'a'))
    equal(
      addAll(reassembly, ann, ...fragments),
      indexes.map(() => undefined),
      indexes.join(' '),
    )
  }
})

test('a count that changes on the way does not count: the first fragment decides', () => {
  const reassembly = new Reassembly(100)
  equal(addAll(reassembly, ann, fragment(1, 0, 3, 'a'), fragment(1, 1, 2, 'b')), [undefined, undefined])
})

test('a message over the bound is dropped with all that was held, and later ones pass', () => {
  const reassembly = new Reassembly(4)
  equal(addAll(reassembly, ann, fragment(1, 0, 2, 'abc'), fragment(1, 1, 2, 'de')), [undefined, undefined])
  is(reassembly.bytes, 0)
  equal(addAll(reassembly, ann, fragment(2, 0, 2, 'abc'), fragment(2, 1, 2, 'd')), [undefined, 'abcd'])
})

test('a hostile count reserves nothing', () => {
  const reassembly = new Reassembly(1000)
  for (let index = 0; index < 2000; index++) {
    is(reassembly.add(ann, fragment(1, index, 2 ** 32 - 1, 'a')), undefined)
    ok(reassembly.bytes <= 1000)
  }
  is(reassembly.bytes, 0)
})

test('crumbs are dropped before their number costs more than their bytes', () => {
  const reassembly = new Reassembly(1_000_000)
  let held = 0
  for (let index = 0; index < 2000; index++) {
    reassembly.add(ann, fragment(1, index, 2 ** 32 - 1, 'a'))
    held = Math.max(held, reassembly.bytes)
  }
  ok(held < 400, `${held} parts were held`)
  is(reassembly.bytes, 0)
})

test('the message is memory of its own', () => {
  const reassembly = new Reassembly(100)
  const parts = [fragment(1, 0, 2, 'ab'), fragment(1, 1, 2, 'cd')]
  const bytes = parts.map((part) => reassembly.add(ann, part))[1] as Uint8Array
  for (const { part } of parts) part.fill(0)
  is(Buffer.from(bytes).toString(), 'abcd')
})

test.run()
