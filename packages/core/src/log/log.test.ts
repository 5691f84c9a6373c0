// The log in memory: what is forgotten takes none.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Log } from './log.ts'

const test = suite('log')

/** Returns a view of the payload that does not keep it. */
function append(log: Log): WeakRef<Uint8Array> {
  const payload = new Uint8Array(1024)
  log.append({ type: 'tick', timeMs: 0 }, payload)
  return new WeakRef(payload)
}

async function collectGarbage(): Promise<void> {
  await nextTurn()
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

test('a payload that is forgotten is free, however few they are', async () => {
  const log = new Log()
  const payloads = [1, 2, 3].map(() => append(log))
  log.forget(2)
  await collectGarbage()
  assert.equal(
    payloads.map((payload) => payload.deref() !== undefined),
    [false, false, true],
  )
  assert.is(log.bytes, 1024)
})

test('what follows stays where it is, through many that are forgotten one by one', () => {
  const log = new Log()
  for (let timeMs = 1; timeMs <= 1000; timeMs++)
    log.append({ type: 'tick', timeMs }, Uint8Array.of(timeMs % 256))
  const chains = log.chainsFrom(0)
  for (let index = 1; index < 1000; index++) {
    log.forget(index)
    assert.equal(log.entry(index + 1).body, { type: 'tick', timeMs: index + 1 })
    assert.is(log.chainAt(index), chains[index])
  }
  assert.is(log.last, 1000)
  assert.is(log.lastChain, chains[1000])
})

test.run()
