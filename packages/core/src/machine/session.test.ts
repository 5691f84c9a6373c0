import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { choiceFrom } from '../choice.test-support.ts'
import { process } from './machine.test-support.ts'
import { Session } from './session.ts'

function session(): Session {
  return new Session(process(1), 1)
}

const many = 1000

test('numbers are due in order, without a gap', () => {
  const opened = session()
  assert.equal(opened.due({ first: 1, count: 3, lowest: 1 }, many), { from: 1, to: 4 })
  opened.add(['a', 'b', 'c'])
  assert.equal(opened.due({ first: 2, count: 4, lowest: 1 }, many), { from: 4, to: 6 })
  assert.equal(opened.due({ first: 1, count: 3, lowest: 1 }, many), { from: 4, to: 4 })
  assert.equal(opened.due({ first: 5, count: 3, lowest: 1 }, many), { from: 4, to: 4 })
})

test('a gap below the lowest that is open is none', () => {
  const opened = session()
  assert.equal(opened.due({ first: 7, count: 2, lowest: 7 }, many), { from: 7, to: 9 })
  assert.equal(opened.due({ first: 7, count: 2, lowest: 6 }, many), { from: 6, to: 6 })
})

test('no number is due that is too far above the lowest', () => {
  assert.equal(session().due({ first: 1, count: 20, lowest: 1 }, 10), { from: 1, to: 11 })
})

test('answers stand until they are confirmed; an old message confirms nothing', () => {
  const opened = session()
  opened.add(['a', 'b', 'c'])
  opened.confirm(3)
  opened.confirm(2)
  assert.equal(
    [1, 2, 3, 4].map((number) => opened.standing(number)),
    ['ignored', 'ignored', 'answered', 'passed-over'],
  )
  assert.is(opened.answer(3), 'c')
  opened.confirm(9)
  assert.is(opened.next, 9)
  assert.equal(opened.answers, [])
})

/** One number at a time, as the protocol's text has it. */
class NaiveSession {
  lowest = 1
  readonly applied = new Set<number>()

  propose(first: number, count: number, lowest: number): number[] {
    this.lowest = Math.max(this.lowest, lowest)
    const ran: number[] = []
    for (let number = first; number < first + count; number++) {
      const isRepeat = this.applied.has(number) || number < this.lowest
      if (!isRepeat && this.#allLowerAreApplied(number)) {
        this.applied.add(number)
        ran.push(number)
      }
    }
    return ran
  }

  #allLowerAreApplied(number: number): boolean {
    for (let lower = this.lowest; lower < number; lower++) if (!this.applied.has(lower)) return false
    return true
  }
}

test('over random proposals, what is applied is what the naive twin applies', () => {
  const choose = choiceFrom(11)
  for (let run = 0; run < 2000; run++) {
    const [ours, naive] = [session(), new NaiveSession()]
    for (let step = 0; step < 12; step++) {
      const [first, count, lowest] = [1 + choose(20), 1 + choose(6), 1 + choose(8)]
      const { from, to } = ours.due({ first, count, lowest }, many)
      ours.confirm(lowest)
      ours.add(Array.from({ length: to - from }, (_, place) => from + place))
      assert.equal(
        naive.propose(first, count, lowest),
        Array.from({ length: to - from }, (_, place) => from + place),
      )
      for (let number = ours.lowest; number < ours.next; number++) assert.is(ours.answer(number), number)
    }
  }
})

test.run()
