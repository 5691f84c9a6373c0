// Options that make no network are refused, and the error says what to change.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { QuorateError } from '../errors.ts'
import { MemoryNetwork } from './memory-network.ts'
import { completeNetworkOptions, type MemoryNetworkOptions } from './network-options.ts'

// biome-ignore lint/suspicious/noExplicitAny: what a caller without types may give.
type Wrong = { readonly [Name in keyof MemoryNetworkOptions]?: any }

const refusals: readonly [what: string, options: Wrong, message: RegExp][] = [
  ['a node twice', { nodes: [1, 1] }, /MemoryNetwork: nodes names node 1 twice: name it once/],
  ['a number of nodes', { nodes: 3 }, /nodes is 3: give a list of node ids, such as \[1, 2, 3\]/],
  ['no node', { nodes: [] }, /nodes is empty/],
  ['a node id that is none', { nodes: [0] }, /nodes names 0: a node id is a whole number/],
  ['a misspelt option', { node: [1] } as Wrong, /there is no option node: is nodes meant/],
  ['another schedule', { schedule: 'random' }, /schedule must be 'automatic' or 'manual', and is 'random'/],
  ['another quorum', { quorum: 2 }, /quorum must be 'before' or 'after', and is 2/],
  ['a choice that is made', { choose: 1 }, /choose must be a function/],
  ['no room', { queueMessagesMax: 0 }, /queueMessagesMax must be a whole number from 1 on, and is 0/],
  ['a size in text', { messageBytesMax: '1MB' }, /messageBytesMax must be a whole number .* is '1MB'/],
  ['less than no loss', { mergeLoss: -1 }, /mergeLoss must be a whole number from 0 on, and is -1/],
  ['votes that are none', { votes: { 1: 'two' } }, /votes\[1\] must be a whole number .* is 'two'/],
  ['votes of nobody', { votes: 3 }, /votes must be an object, from node ids to numbers, and is 3/],
]

function errorOf(options: unknown): QuorateError {
  try {
    new MemoryNetwork(options as MemoryNetworkOptions)
  } catch (error) {
    return error as QuorateError
  }
  throw new Error('It is not refused')
}

for (const [what, options, message] of refusals) {
  test(`${what} is refused`, () => {
    const error = errorOf({ nodes: [1], ...options })
    assert.instance(error, QuorateError)
    assert.is(error.code, 'BadOption')
    assert.match(error.message, message)
  })
}

test('no options at all are told what is needed', () => {
  assert.match(errorOf(undefined).message, /it takes options; at least nodes: \[1\]/)
})

test('what is left out has a default, also when it is given as undefined', () => {
  const complete = completeNetworkOptions({ nodes: [1], mergeLoss: undefined } as never)
  assert.is(complete.mergeLoss, 0)
  assert.is(complete.queueMessagesMax, 1024)
})

test.run()
