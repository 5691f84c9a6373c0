import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { History } from './history.ts'

function answered(history: History, became: 'ok' | 'unapplied' | 'unknown', returnedAt: number): void {
  const recorded = history.begin({ client: '1.0', input: { type: 'read', key: '0/a' }, invokedAt: 0 })
  history.end(recorded, { invokedAt: 0, returnedAt, became })
}

test('operations are counted by what became of them; those without an answer are unknown', () => {
  const history = new History(0)
  for (const became of ['ok', 'ok', 'unapplied', 'unknown'] as const) answered(history, became, 1)
  history.begin({ client: '1.0', input: { type: 'read', key: '0/a' }, invokedAt: 2 })
  equal(history.counts, { ok: 2, failed: 1, unknown: 2 })
})

test('the longest time without a success counts from the beginning, between answers, and to the end', () => {
  const history = new History(1000)
  equal(history.standstill(1300), { beginMs: 0, lastsMs: 300 })
  answered(history, 'ok', 1400)
  answered(history, 'unknown', 1800)
  answered(history, 'ok', 2000)
  // Came late, over another process.
  answered(history, 'ok', 1900)
  equal(history.standstill(2100), { beginMs: 400, lastsMs: 600 })
  equal(history.standstill(3000), { beginMs: 1000, lastsMs: 1000 })
})

test.run()
