// Operations whose order is known: the first that the model does not allow is named, with what was before it.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { faultInOrder } from './check-order.ts'
import { done, lost } from './history.test-support.ts'
import { type CounterInput, counterModel } from './models/counter.ts'
import type { Operation } from './operation.ts'

const add = (by: number, key = 'x'): CounterInput => ({ type: 'add', by, key })
const read = (key = 'x'): CounterInput => ({ type: 'read', key })

test('an order that the model allows has no fault; the unknown counts where it stands', () => {
  const order: Operation<CounterInput, number>[] = [
    done(1, add(2), 2, [0, 1]),
    lost(2, add(3), 0),
    done(3, read(), 5, [2, 3]),
  ]
  assert.is(faultInOrder(order, counterModel()), undefined)
  assert.is(faultInOrder([], counterModel()), undefined)
})

test('another order of the same operations is not looked for', () => {
  const order = [done(1, read(), 2, [0, 3]), done(2, add(2), 2, [0, 3])]
  assert.is.not(faultInOrder(order, counterModel()), undefined)
  assert.is(faultInOrder(order.toReversed(), counterModel()), undefined)
})

test('each key has a state of its own', () => {
  const order = [done(1, add(2, 'x'), 2, [0, 1]), done(1, read('y'), 0, [2, 3])]
  assert.is(faultInOrder(order, counterModel()), undefined)
})

test('a fault is explained by what was before it', () => {
  const order = [
    done(1, add(2), 2, [0, 1]),
    done(2, add(4, 'other'), 4, [0, 1]),
    done(3, read(), 3, [2, 3]),
    done(3, read(), 2, [4, 5]),
  ]
  assert.is(
    faultInOrder(order, counterModel()),
    `
Key "x": in the order in which they were applied, the model does not explain the operations' results.
The last that it explains:
  ✓ client 1: add 2 → 2  ├──┤
The state is then 2, and this cannot be next:
  ✗ client 3: read → 3         ├──┤
`.trim(),
  )
})

test.run()
