import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Incarnation } from '../identity.ts'
import { decodeMessage } from './decode.ts'
import { encodeMessage } from './encode.ts'
import type { Ack, Propose, SnapshotChunk } from './messages.ts'
import { samples, sender } from './samples.test-support.ts'

const test = suite('messages, there and back')

for (const [name, message] of Object.entries(samples)) {
  test(`${name} comes out as it went in`, () => {
    const decoded = decodeMessage(encodeMessage(sender, message))
    assert.equal(decoded, { ok: true, ...sender, message })
  })
}

test('a sender without a group is one with group 0', () => {
  const decoded = decodeMessage(encodeMessage({ ...sender, group: 0 }, samples['ack'] as Ack))
  assert.ok(decoded.ok && decoded.group === 0)
})

test('bytes may begin anywhere in their buffer', () => {
  for (const message of Object.values(samples)) {
    const bytes = encodeMessage(sender, message)
    const within = new Uint8Array(bytes.length + 8)
    within.set(bytes, 5)
    const decoded = decodeMessage(within.subarray(5, 5 + bytes.length))
    assert.equal(decoded, { ok: true, ...sender, message })
  }
})

test('payload, commands and snapshot parts are parts of the received bytes, not copies', () => {
  const inReceived = (bytes: Uint8Array, part: Uint8Array): boolean => part.buffer === bytes.buffer
  const proposed = encodeMessage(sender, samples['propose-commands'] as Propose)
  const propose = decodeMessage(proposed)
  assert.ok(propose.ok && propose.message.type === 'propose' && propose.message.body.type === 'commands')
  assert.ok(inReceived(proposed, propose.message.payload))
  assert.ok(inReceived(proposed, propose.message.body.commands))
  const offered = encodeMessage(sender, samples['snapshot'] as SnapshotChunk)
  const snapshot = decodeMessage(offered)
  assert.ok(snapshot.ok && snapshot.message.type === 'snapshot')
  assert.ok(inReceived(offered, snapshot.message.part))
})

test('encoded bytes stay as they are when more is encoded', () => {
  const bytes = encodeMessage(sender, samples['promise'] as Ack)
  const before = Uint8Array.from(bytes)
  for (const message of Object.values(samples)) encodeMessage(sender, message)
  assert.equal(bytes, before)
})

test('a number that no peer would take is refused where the message is made', () => {
  const ack = samples['ack'] as Ack
  for (const index of [1.5, -1, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY]) {
    assert.throws(() => encodeMessage(sender, { ...ack, index }), /must be an integer from 0 to/)
  }
  assert.throws(() => encodeMessage({ ...sender, incarnation: 0 as Incarnation }, ack), /from 1 to/)
  assert.throws(() => encodeMessage({ ...sender, group: 0.5 }, ack), /from 0 to/)
})

test.run()
