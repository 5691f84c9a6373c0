import { setTimeout as sleep } from 'node:timers/promises'
import { test } from 'uvu'
import { is, ok } from 'uvu/assert'
import { RetryTimer } from './retry.ts'

test('a retry timer calls once per start', async () => {
  let calls = 0
  const timer = new RetryTimer(() => calls++)
  timer.start()
  timer.start()
  await sleep(50)
  is(calls, 1)
  timer.start()
  await sleep(50)
  is(calls, 2)
})

test('stopped in time it does not call', async () => {
  let calls = 0
  const timer = new RetryTimer(() => calls++)
  timer.start()
  timer.stop()
  await sleep(30)
  is(calls, 0)
})

test('an attempt may start it again: its pauses grow, and stop begins anew', async () => {
  const calledMs: number[] = []
  const timer = new RetryTimer(() => {
    calledMs.push(performance.now())
    if (calledMs.length < 6) timer.start()
  })
  const beginMs = performance.now()
  timer.start()
  while (calledMs.length < 6) await sleep(1)
  // 1 + 2 + 4 + 8 + 16 + 20 ms; a timer may fire a millisecond early.
  const tookMs = performance.now() - beginMs
  ok(tookMs >= 45, `six attempts within ${tookMs} ms`)
  timer.stop()
})

test.run()
