import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { QuorateError } from '../errors.ts'
import { CommandBatch, encodeCommand } from './command-batch.ts'

const commands = [
  encodeCommand('add', 5),
  encodeCommand('put', { key: 'k' }),
  encodeCommand('reset', undefined),
]
const bytes = Buffer.concat(commands)

test('commands are read in any order, and each reading gives a new input', () => {
  const batch = new CommandBatch(bytes, 3)
  batch.read(1)
  const first = batch.input
  assert.equal([batch.name, first], ['put', { key: 'k' }])
  batch.read(0)
  assert.equal([batch.name, batch.input], ['add', 5])
  batch.read(2)
  assert.equal([batch.name, batch.input], ['reset', undefined])
  batch.read(1)
  assert.equal(batch.input, first)
  assert.is.not(batch.input, first)
})

test('a batch can be a part of what was sent', () => {
  const batch = new CommandBatch(bytes, 3, 1, 2)
  batch.read(0)
  assert.equal([batch.count, batch.name], [1, 'put'])
})

test('bytes that are not so many commands are refused', () => {
  for (const [damaged, count] of [
    [bytes, 2],
    [bytes, 4],
    [bytes.subarray(0, -1), 3],
  ] as const)
    assert.throws(() => new CommandBatch(damaged, count), /does not hold \d commands/)
})

test('a command without a name is refused', () => {
  const batch = new CommandBatch(new Uint8Array(4), 1)
  assert.throws(
    () => batch.read(0),
    (error: QuorateError) => error.code === 'Malformed',
  )
})

test('an input that cannot be sent says of which command, and where', () => {
  try {
    encodeCommand('add', { by: [() => 1] })
    assert.unreachable()
  } catch (error) {
    assert.instance(error, QuorateError)
    const { code, outcome, message } = error as QuorateError
    assert.equal([code, outcome], ['Unserializable', 'unapplied'])
    assert.match(message, /The input of command 'add': The value at \.by\[0\] is a function/)
  }
})

test.run()
