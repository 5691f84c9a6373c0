// When a replica looks at its neighbours, and what it tells, on a clock of the test's own.

import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setImmediate as turn } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Clock } from '../ports/clock.ts'
import type { Neighbour } from '../ports/transport.ts'
import { lookMs, NeighbourWatch, retryMs } from './neighbour-watch.ts'
import { queuedMax } from './slow-neighbours.ts'

const test = suite('neighbour watch')

const source = { group: 'registers', nodeid: 1 }
const neighbour = (queued: number): Neighbour => ({ pid: 7, name: 'service', queued })

class Stage {
  /** Of the timer that runs. */
  delayMs: number | null = null
  readonly told: string[] = []
  readonly watch: NeighbourWatch
  answer: () => Promise<readonly Neighbour[]> = async () => []
  #fire: () => void = () => {}

  constructor(channel: 'tells' | 'knows nothing' = 'tells') {
    const clock: Clock = {
      monotonicMs: () => 0,
      wallMs: () => 0,
      setTimer: (delayMs, fire) => {
        this.delayMs = delayMs
        this.#fire = fire
        return () => {
          this.delayMs = null
        }
      },
    }
    this.watch = new NeighbourWatch(
      channel === 'tells' ? { neighbours: () => this.answer() } : {},
      clock,
      source,
      ({ pid, queued }) => this.told.push(`${pid} ${queued}`),
    )
    this.watch.start()
  }

  /** Looks that find a queue so much longer than what is usual. */
  async look(...beyond: number[]): Promise<void> {
    for (const count of beyond) {
      this.answer = async () => [neighbour(queuedMax + count)]
      await this.fire()
    }
  }

  async fire(): Promise<void> {
    assert.is.not(this.delayMs, null, 'no timer runs')
    this.delayMs = null
    this.#fire()
    await turn()
  }
}

test('a slow neighbour is told once, with what waits for it then, and is shown until it is well', async () => {
  const stage = new Stage()
  await stage.look(1, 2)
  assert.equal([stage.told, stage.watch.slow], [[], []])
  await stage.look(3, 4)
  assert.equal(stage.told, ['7 1003'])
  assert.equal(stage.watch.slow, [neighbour(queuedMax + 4)])
  await stage.look(0)
  assert.equal(stage.watch.slow, [])
  await stage.look(1, 2, 9)
  assert.equal(stage.told, ['7 1003', '7 1009'])
})

test('a look follows the one before once that is answered: a daemon that hangs is asked once', async () => {
  const stage = new Stage()
  assert.is(stage.delayMs, lookMs)
  let answered = (_: readonly Neighbour[]): void => {}
  stage.answer = () =>
    new Promise((resolve) => {
      answered = resolve
    })
  await stage.fire()
  assert.is(stage.delayMs, null)
  answered([])
  await turn()
  assert.is(stage.delayMs, lookMs)
})

test('a look that fails is told once, on the diagnostics channel alone, and tried again after a while', async () => {
  const heard: unknown[] = []
  const listen = (message: unknown): unknown => heard.push(message)
  subscribe('quorate:neighbours-unknown', listen)
  const stage = new Stage()
  const error = new Error('no such map')
  await stage.look(1, 2, 3)
  for (const _ of [1, 2]) {
    stage.answer = () => Promise.reject(error)
    await stage.fire()
    assert.is(stage.delayMs, retryMs)
  }
  assert.equal(heard, [{ ...source, error }])
  assert.equal(stage.watch.slow, [])
  await stage.look(1, 2, 3)
  assert.is(stage.told.length, 2)
  unsubscribe('quorate:neighbours-unknown', listen)
})

test('after the end nothing is told, also of a look that was under way', async () => {
  const stage = new Stage()
  await stage.look(1, 2)
  stage.answer = async () => {
    stage.watch.end()
    return [neighbour(queuedMax + 3)]
  }
  await stage.fire()
  assert.equal([stage.told, stage.delayMs], [[], null])
  const other = new Stage()
  other.watch.end()
  assert.is(other.delayMs, null)
})

test('a channel that knows nothing of neighbours is not asked', () => {
  assert.is(new Stage('knows nothing').delayMs, null)
})

test.run()
