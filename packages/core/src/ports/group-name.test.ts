// What cannot name a group is refused by the one error class.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { QuorateError } from '../errors.ts'
import { checkGroupName } from './group-name.ts'

test('1 to 127 bytes of UTF-8 without NUL name a group', () => {
  for (const group of ['a', 'ä'.repeat(63), 'x'.repeat(127)]) assert.is(checkGroupName(group), group)
})

const refusals: readonly [what: string, group: unknown, message: RegExp][] = [
  ['no text', 5, /group must be a string, the name of the group, and is 5/],
  ['nothing', undefined, /group must be a string, .* is undefined/],
  ['an empty name', '', /is empty; give it 1 to 127 bytes/],
  ['a long name', 'ä'.repeat(64), /has 128 bytes; at most 127/],
  ['a NUL', 'a\0b', /holds a NUL byte, leave it out: "a\\u0000b"/],
]

for (const [what, group, message] of refusals) {
  test(`${what} is refused`, () => {
    try {
      checkGroupName(group as string)
    } catch (error) {
      assert.instance(error, QuorateError)
      assert.is((error as QuorateError).code, 'BadOption')
      assert.match((error as QuorateError).message, message)
      return
    }
    assert.unreachable('it is taken')
  })
}

test.run()
