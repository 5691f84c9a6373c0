import { test } from 'uvu'
import { equal, not, ok } from 'uvu/assert'
import type { Fault } from './faults.ts'
import { type Episode, Schedule } from './schedule.ts'

function draw(seed: number, nodes: number, durable = false, count = 300): Episode[] {
  const schedule = new Schedule(seed, nodes, { durable })
  return Array.from({ length: count }, () => schedule.next())
}

const faultsOf = (episodes: readonly Episode[]): Fault[] =>
  episodes.flatMap(({ faults }) => faults.map(({ fault }) => fault))

test('one seed gives the same episodes, and another seed others', () => {
  equal(draw(7, 3), draw(7, 3))
  not.equal(draw(7, 3), draw(8, 3))
})

test('every kind of fault comes, and every node is hit, isolated and impaired', () => {
  for (const nodes of [3, 5]) {
    const faults = faultsOf(draw(1, nodes))
    equal(new Set(faults.map(({ kind }) => kind)).size, 10)
    const hit = new Set(faults.flatMap((fault) => ('node' in fault ? [fault.node] : [])))
    equal(
      [...hit].sort(),
      Array.from({ length: nodes }, (_, place) => place + 1),
    )
  }
})

test('all processes are killed at once only where replicas have a storage', () => {
  const kindsOf = (durable: boolean) => new Set(faultsOf(draw(1, 3, durable)).map(({ kind }) => kind))
  ok(kindsOf(true).has('kill-all'))
  not.ok(kindsOf(false).has('kill-all'))
})

test('faults overlap, begin in order, and last', () => {
  const episodes = draw(2, 3)
  ok(episodes.some(({ faults: [first, second] }) => first && second && first.lastsMs > second.beginMs))
  for (const { faults } of episodes) {
    const begins = faults.map(({ beginMs }) => beginMs)
    equal(
      begins,
      begins.toSorted((a, b) => a - b),
    )
    ok(faults.every(({ lastsMs }) => lastsMs > 0))
  }
})

test('a partition has each node on one side: one alone when it isolates, the smaller half when it splits', () => {
  const sizes = { isolate: 1, split: 2 }
  for (const fault of faultsOf(draw(3, 5))) {
    if (!('groups' in fault)) continue
    equal(fault.groups.flat().toSorted(), [1, 2, 3, 4, 5])
    equal(fault.groups[0]?.length, sizes[fault.kind])
  }
})

test.run()
