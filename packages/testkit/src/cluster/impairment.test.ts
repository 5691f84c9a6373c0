import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { completeImpairment } from './impairment.ts'
import { netemArguments } from './netem.ts'

const test = suite('impairment')

test('what is not said is not impaired', () => {
  assert.equal(completeImpairment({ delayMs: 5 }), { delayMs: 5, jitterMs: 0, lossRatio: 0 })
})

test('refuses a negative time and a ratio above 1', () => {
  assert.throws(() => completeImpairment({ delayMs: -1 }), /delayMs is -1/)
  assert.throws(() => completeImpairment({ jitterMs: Number.NaN }), /jitterMs is NaN/)
  assert.throws(() => completeImpairment({ lossRatio: 20 }), /lossRatio is 20/)
})

test('is said to netem in its own words', () => {
  const text = netemArguments({ delayMs: 20, jitterMs: 5, lossRatio: 0.25 }).join(' ')
  assert.is(text, 'netem limit 100000 delay 20ms 5ms loss 25%')
})

test('without jitter none is said: netem would reorder', () => {
  const text = netemArguments({ delayMs: 20, jitterMs: 0, lossRatio: 0 }).join(' ')
  assert.is(text, 'netem limit 100000 delay 20ms loss 0%')
})

test.run()
