import { test } from 'uvu'
import { equal, match, ok } from 'uvu/assert'
import type { Row } from './bench.ts'
import { goalFaults, readGoals, withGoals } from './goals.ts'

const throughput: Row = { name: 'throughput', value: 0.95, unit: '×', better: 'higher' }
const latency: Row = { name: 'latency', value: 1.15, unit: '×', better: 'lower' }

test('a goal is reached when it is met exactly', () => {
  equal(goalFaults([throughput, latency], { throughput: 0.95, latency: 1.15 }), [])
})

test('where higher is better, less misses the goal', () => {
  const [fault, ...more] = goalFaults([throughput], { throughput: 0.96 })
  match(fault ?? '', 'throughput is 0.95 ×; the goal is ≥ 0.96.')
  equal(more, [])
})

test('where lower is better, more misses the goal', () => {
  match(goalFaults([latency], { latency: 1.1 }).join(), 'latency is 1.15 ×; the goal is ≤ 1.1.')
})

test('a figure that is no number misses its goal', () => {
  for (const row of [throughput, latency]) {
    equal(goalFaults([{ ...row, value: Number.NaN }], { [row.name]: 1 }).length, 1)
  }
})

test('a goal that nothing answers is a fault', () => {
  match(goalFaults([latency], { throughput: 1 }).join(), 'throughput has a goal and was not measured')
})

test('a row that comes twice is a fault: one could hide the other', () => {
  match(goalFaults([latency, latency], {}).join(), 'measured twice')
})

test('rows without a goal stay as they are', () => {
  equal(withGoals([throughput, latency], { latency: 2 }), [throughput, { ...latency, goal: 2 }])
})

test('a bench that nobody set goals for has none', () => {
  equal(readGoals('no such bench'), {})
  ok(Object.keys(readGoals('transport')).length > 0)
})

test.run()
