import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { waitFor, within } from './wait.ts'

const test = suite('waiting')

async function errorOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: Error) => error.message,
  )
}

test('returns what it finds, also a false or a zero', async () => {
  const found = [undefined, undefined, 0]
  const look = (): number | undefined => found.shift()
  assert.is(await waitFor({ what: 'it', timeoutMs: 1000, intervalMs: 1, look, seen: () => '' }), 0)
})

test('an error says what was awaited, how long, and what was seen', async () => {
  const wait = { what: 'the moon', timeoutMs: 20, intervalMs: 5, look: () => undefined, seen: () => 'clouds' }
  assert.is(await errorOf(waitFor(wait)), 'Waited 20 ms for the moon.\nclouds')
})

test('what looking throws ends the wait', async () => {
  const look = (): never => {
    throw new Error('blind')
  }
  assert.is(await errorOf(waitFor({ what: 'it', timeoutMs: 1000, look, seen: () => '' })), 'blind')
})

test('a promise that takes too long fails, one that fails earlier keeps its error', async () => {
  assert.is(await errorOf(within(sleep(1000, 0, { ref: false }), 10, 'sleep')), 'Waited 10 ms for sleep.')
  assert.is(await errorOf(within(Promise.reject(new Error('own')), 10, 'it')), 'own')
  assert.is(await within(Promise.resolve(1), 10, 'it'), 1)
})

test.run()
