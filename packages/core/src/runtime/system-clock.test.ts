// The system clock keeps the promises of the port.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { systemClock } from './system-clock.ts'

const test = suite('system clock')

const after = (delayMs: number): Promise<number> => {
  const startMs = systemClock.monotonicMs()
  return new Promise((resolve) =>
    systemClock.setTimer(delayMs, () => resolve(systemClock.monotonicMs() - startMs)),
  )
}

test('a timer fires on a turn of its own, and never early', async () => {
  const delays = Array.from({ length: 200 }, (_, i) => i / 7)
  const passed = await Promise.all(delays.map(after))
  for (const [place, delayMs] of delays.entries()) assert.ok((passed[place] as number) >= delayMs)
})

test('a timer that is cancelled does not fire', async () => {
  let fired = false
  const cancel = systemClock.setTimer(1, () => {
    fired = true
  })
  cancel()
  await after(10)
  cancel()
  assert.not(fired)
})

test('a delay beyond what Node can wait for at once is waited for', async () => {
  let fired = false
  const cancel = systemClock.setTimer(2 ** 31 + 5, () => {
    fired = true
  })
  await after(10)
  assert.not(fired)
  cancel()
})

test.run()
