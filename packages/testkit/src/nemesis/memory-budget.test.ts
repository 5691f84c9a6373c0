import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { MemoryBudget } from './memory-budget.ts'

test('as many memories may be lost at one time as a majority can do without', () => {
  for (const [voters, lost] of [
    [3, 1],
    [4, 1],
    [5, 2],
  ] as const) {
    const budget = new MemoryBudget(voters)
    const granted = Array.from({ length: voters }, (_, place) => budget.spend(place + 1))
    is(granted.filter(Boolean).length, lost)
  }
})

test('a replica that has lost its memory may lose it again, and another one once it has caught up', () => {
  const budget = new MemoryBudget(3)
  is(budget.spend(2), true)
  is(budget.spend(2), true)
  is(budget.spend(1), false)
  equal(budget.blank, [2])
  budget.restored(2)
  is(budget.spend(1), true)
})

test.run()
