import { setTimeout as sleep } from 'node:timers/promises'
import { CorosyncError } from '@quorate/corosync-ffi'
import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { until } from '../contract/notes.ts'
import { Reconnecting } from './reconnecting.ts'

const test = suite('one life of the daemon after another')

const gone = (): CorosyncError => new CorosyncError('CS_ERR_LIBRARY', 'cmap_dispatch')

/** What happens to each attempt, the first by `open`; those beyond the last do as the last. */
interface Attempt {
  begin?: () => Promise<void>
  resume?: () => Promise<void>
}

function lives(...attempts: Attempt[]) {
  const events: string[] = []
  const ends: ((error: Error) => void)[] = []
  let begun = 0
  const attempt = (): Attempt => attempts[Math.min(begun, attempts.length) - 1] ?? {}
  const reconnecting = new Reconnecting({
    async begin(ended) {
      begun++
      await attempt().begin?.()
      ends.push(ended)
      const name = begun
      events.push(`begun ${name}`)
      return { close: async () => void events.push(`closed ${name}`) }
    },
    resume: async () => attempt().resume?.(),
    down: (error) => void events.push(`down ${(error as CorosyncError).code ?? error.message}`),
    up: () => void events.push('up'),
  })
  const fail = async (): Promise<void> => {
    throw gone()
  }
  return { reconnecting, events, fail, end: () => ends.at(-1)?.(gone()) }
}

test('a life that ends is followed by another', async () => {
  const { reconnecting, events, end } = lives({})
  await reconnecting.open()
  end()
  is(reconnecting.current, undefined)
  await until(() => events.includes('up'))
  equal(events, ['begun 1', 'down CS_ERR_LIBRARY', 'begun 2', 'up'])
  is(reconnecting.current === undefined, false)
  await reconnecting.close()
})

test('a first life that does not begin is an error, and not tried again', async () => {
  const failing = lives({ begin: () => Promise.reject(gone()) })
  is(await failing.reconnecting.open().catch(({ code }) => code), 'CS_ERR_LIBRARY')
  await sleep(200)
  equal(failing.events, [])
})

test('attempts go on, and each kind of failure is told once', async () => {
  const refuse = (code: 'CS_ERR_LIBRARY' | 'CS_ERR_ACCESS') => ({
    begin: () => Promise.reject(new CorosyncError(code, 'cmap_initialize')),
  })
  const { reconnecting, events, end } = lives(
    {},
    refuse('CS_ERR_LIBRARY'),
    refuse('CS_ERR_ACCESS'),
    refuse('CS_ERR_ACCESS'),
    {},
  )
  await reconnecting.open()
  end()
  await until(() => events.includes('up'))
  equal(events, ['begun 1', 'down CS_ERR_LIBRARY', 'down CS_ERR_ACCESS', 'begun 5', 'up'])
  await reconnecting.close()
})

test('a life that ends, or fails, while it is resumed is tried again, once', async () => {
  let end: () => void = () => undefined
  const all = lives(
    {},
    {
      resume: async () => {
        end()
        throw gone()
      },
    },
    {
      resume: async () => {
        throw new Error('else')
      },
    },
    { resume: async () => end() },
    {},
  )
  end = all.end
  await all.reconnecting.open()
  all.end()
  await until(() => all.events.includes('up'))
  equal(all.events, [
    'begun 1',
    'down CS_ERR_LIBRARY',
    'begun 2',
    'closed 2',
    'begun 3',
    'closed 3',
    'down else',
    'begun 4',
    'down CS_ERR_LIBRARY',
    'begun 5',
    'up',
  ])
  await all.reconnecting.close()
})

test('close ends the life; no attempt follows, and one that is under way is undone', async () => {
  let proceed: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    proceed = resolve
  })
  const { reconnecting, events, end } = lives({}, { begin: () => held })
  await reconnecting.open()
  end()
  await sleep(150)
  const closed = reconnecting.close()
  proceed()
  await closed
  await sleep(300)
  equal(events, ['begun 1', 'down CS_ERR_LIBRARY', 'begun 2', 'closed 2'])
})

test('close waits no longer than 2 seconds for an attempt', async () => {
  const { reconnecting, end } = lives({}, { begin: () => new Promise(() => undefined) })
  await reconnecting.open()
  end()
  await sleep(150)
  const startMs = performance.now()
  await reconnecting.close()
  is(Math.round((performance.now() - startMs) / 1000), 2)
})

test.run()
