import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pack } from '../wire/pack.ts'
import { bodies } from '../wire/samples.test-support.ts'
import { decodeBody, encodeBody } from './body.ts'
import type { CommandsBody } from './entry.ts'

const test = suite('bodies of log entries')

for (const [type, body] of Object.entries(bodies)) {
  test(`${type} comes out as it went in`, () => assert.equal(decodeBody(encodeBody(body)), body))

  test(`${type} that is cut off or followed by something is none`, () => {
    const bytes = encodeBody(body)
    for (let length = 0; length < bytes.length; length++) {
      // Fewer bytes of commands are still commands, as long as there may be as many.
      if (type === 'commands' && length >= bytes.length - 1) continue
      assert.is(decodeBody(bytes.subarray(0, length)), undefined)
    }
    if (type !== 'commands') assert.is(decodeBody(Uint8Array.of(...bytes, 0)), undefined)
  })
}

test('the same body has the same bytes, whatever was encoded before', () => {
  const first = Object.values(bodies).map(encodeBody)
  const second = Object.values(bodies).reverse().map(encodeBody).reverse()
  assert.equal(second, first)
})

test('the commands are a part of the decoded bytes', () => {
  const bytes = encodeBody(bodies.commands)
  const body = decodeBody(bytes)
  assert.ok(body?.type === 'commands' && body.commands.buffer === bytes.buffer)
})

test('more commands than bytes cannot be there, nor none', () => {
  const body = bodies.commands as CommandsBody
  const { length } = body.commands
  assert.ok(decodeBody(encodeBody({ ...body, count: length })))
  assert.is(decodeBody(encodeBody({ ...body, count: length + 1 })), undefined)
  assert.throws(() => encodeBody({ ...body, count: 0 }), /from 1 to/)
  assert.is(decodeBody(encodeBody({ ...body, commands: new Uint8Array(0) })), undefined)
})

test('numbers of commands are counted from 1, to where counting is exact', () => {
  const body = bodies.commands as CommandsBody
  for (const wrong of [0, -1, 2 ** 53, 0.5]) {
    assert.throws(() => encodeBody({ ...body, first: wrong }), /must be an integer/)
    const fields = [2, body.origin, body.session, wrong, body.count, body.lowest, body.timeMs]
    assert.is(decodeBody(pack(fields, body.commands)), undefined)
  }
})

test('an unknown type is none', () => {
  for (const type of [0, 5, -1, 1.5, null]) assert.is(decodeBody(pack([type, 0])), undefined)
})

test.run()
