// The explanation as people see it.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { checkLinearizable } from './check-linearizable.ts'
import { done, lost } from './history.test-support.ts'
import type { Model } from './model.ts'
import { counterModel } from './models/counter.ts'
import { type RegisterInput, type RegisterOutput, registerModel } from './models/register.ts'
import type { Operation } from './operation.ts'

const write = (value: number): RegisterInput<number> => ({ type: 'write', key: 'x', value })
const read: RegisterInput<number> = { type: 'read', key: 'x' }

function explanationOf<State, Input, Output>(
  history: readonly Operation<Input, Output>[],
  model: Model<State, Input, Output>,
): string {
  const result = checkLinearizable(history, model)
  return result.verdict === 'ok' ? 'ok' : result.explanation
}

test('a stale read is explained by what was before it', () => {
  const history: Operation<RegisterInput<number>, RegisterOutput<number>>[] = [
    done(1, write(1), undefined, [0, 10]),
    done(2, write(2), undefined, [5, 20]),
    lost(4, write(3), 30),
    done(3, read, 1, [25, 40]),
    done(3, read, 2, [50, 60]),
  ]
  assert.is(
    explanationOf(history, registerModel(0)),
    `
Key "x": no order of the operations explains their results.
3 of 4 completed operations can be put in order; the last of them:
  ✓ client 2: write 2               ├─────┤
  ✓ client 1: write 1            ├─────┤
  ✓ client 3: read → 1                       ├─────┤
The state is then 1, and none of these can be next:
  ✗ client 3: read → 2                                ├──┤
  ✗ client 4: write 3 → unknown                 ├───────────?`.trimStart(),
  )
})

test('where nothing can be first, the initial state is shown', () => {
  assert.is(
    explanationOf([done(1, { type: 'read' } as const, 1, [0, 0])], counterModel(0)),
    `
Key "": no order of the operations explains their results.
0 of 1 completed operations can be put in order.
The state is then 0, and none of these can be next:
  ✗ client 1: read → 1  ┼`.trimStart(),
  )
})

test('of a long history only what is next to the trouble is shown', () => {
  const writes = Array.from({ length: 100 }, (_, i) => done(1, write(i), undefined, [2 * i, 2 * i + 1]))
  const text = explanationOf([...writes, done(2, read, -1, [500, 501])], registerModel(0))
  assert.match(text, /100 of 101 completed/)
  assert.is(text.split('\n').length, 10)
  assert.match(text, /client 1: write 99 /)
})

test('of many operations that could be next, most are only counted', () => {
  const history = Array.from({ length: 20 }, (_, i) => done(i, read, -1, [0, 1]))
  const text = explanationOf(history, registerModel(0))
  assert.match(text, /and 12 more$/)
})

test('a model without words of its own has input and output inspected', () => {
  const { describe: _, ...silent } = counterModel()
  assert.match(
    explanationOf([done(1, { type: 'read' } as const, 1, [0, 1])], silent),
    /\{ type: 'read' \} → 1/,
  )
})

test.run()
