import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Stage } from './ledger.test-support.ts'
import { commands } from './machine.test-support.ts'

test('repeats are answered with the first answer, and applied once', () => {
  const stage = new Stage()
  const body = commands([
    ['add', 5],
    ['spoil', { code: 'no', by: 1 }],
  ])
  const first = stage.apply(body).outcomes
  stage.say(['add', 100])
  assert.equal(stage.apply(body).outcomes, first)
  assert.is(stage.total, 5)
})

test('numbers behind a gap are passed over, numbers below the lowest are ignored', () => {
  const stage = new Stage()
  const gap = stage.apply(commands([['add', 1]], { first: 2 })).outcomes
  assert.equal(gap, [{ type: 'passed-over', number: 2 }])
  stage.apply(
    commands([
      ['add', 1],
      ['add', 1],
    ]),
  )
  const below = stage.apply(
    commands(
      [
        ['add', 1],
        ['add', 1],
        ['add', 1],
      ],
      { lowest: 2 },
    ),
  ).outcomes
  assert.equal(
    below.map(({ type }) => type),
    ['ignored', 'result', 'result'],
  )
  assert.is(stage.total, 3)
})

test('commands of a session that is not there are never applied', () => {
  const stage = new Stage()
  for (const parts of [{ session: 7 }, { origin: 9 }]) stage.apply(commands([['add', 1]], parts))
  assert.equal(stage.apply(commands([['add', 1]], { session: 7 })).outcomes, [{ type: 'expired', number: 1 }])
  assert.is(stage.total, 0)
})

test('outcomes are told of own commands only', () => {
  const stage = new Stage()
  assert.equal(stage.apply(commands([['add', 1]], { origin: 2 })).outcomes, [])
  assert.is(stage.total, 1)
})

test('what a caller does with its answer changes nothing: it is its own', () => {
  const stage = new Stage()
  const input = { bytes: new Uint8Array([1]) }
  const [outcome] = stage.apply(commands([['echo', input]])).outcomes
  assert.ok(outcome?.type === 'result')
  const result = outcome.result as typeof input
  assert.equal(result, input)
  const digest = stage.replica.digest()
  result.bytes[0] = 9
  assert.is(stage.replica.digest(), digest)
})

test.run()
