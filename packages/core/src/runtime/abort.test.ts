import { getEventListeners } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { onAbort } from './abort.ts'

const test = suite('signals')

test('who listens hears it once, and who has ended does not', () => {
  const { signal, abort } = aborting()
  const heard: string[] = []
  onAbort(signal, () => heard.push('first'))
  const end = onAbort(signal, () => heard.push('ended'))
  onAbort(signal, () => heard.push('last'))
  end()
  abort()
  abort()
  assert.equal(heard, ['first', 'last'])
})

test('one listener serves all, and goes with the last of them', () => {
  const { signal } = aborting()
  const ends = Array.from({ length: 50 }, () => onAbort(signal, () => {}))
  assert.is(getEventListeners(signal, 'abort').length, 1)
  for (const end of ends) end()
  assert.is(getEventListeners(signal, 'abort').length, 0)
})

test('to end twice, and to begin again, disturbs nobody', () => {
  const { signal, abort } = aborting()
  const heard: string[] = []
  const end = onAbort(signal, () => heard.push('ended'))
  end()
  onAbort(signal, () => heard.push('again'))
  end()
  abort()
  assert.equal(heard, ['again'])
})

function aborting(): { readonly signal: AbortSignal; abort(): void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}

test.run()
