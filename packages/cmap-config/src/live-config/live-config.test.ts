// Configuration that follows a map in memory: what is told, when, and what holds meanwhile.

import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { MemoryMap } from '../memory-map.test-support.ts'
import { liveConfig } from './live-config.ts'
import { ConfigError, type ConfigProblem } from './problem.ts'

const test = suite('live configuration')

const schema = z.object({
  size: z.number().max(1000).default(100),
  tags: z.array(z.string()).default([]),
})

async function open(entries: Record<string, string | number | bigint> = {}) {
  const map = new MemoryMap(entries)
  const problems: ConfigProblem[][] = []
  const invalid = (found: readonly ConfigProblem[]): void => void problems.push([...found])
  const config = await liveConfig({ map, prefix: 'service', schema, invalid })
  const told: unknown[] = []
  config.on('change', ({ cause, value, oldValue, differences }) =>
    told.push([cause, oldValue.size, value.size, differences.map(({ key }) => key)]),
  )
  return { map, config, told, problems }
}

test('it begins with what is there, below its own prefix and no other', async () => {
  const { config } = await open({ 'service.size': '5', 'services.size': 6, 'service.tags.0': 'a' })
  assert.equal(config.value, { size: 5, tags: ['a'] })
})

test('each set of changes is told once, with keys, old, new and the whole', async () => {
  const { map, config, told } = await open()
  map.change({ 'service.size': 7, 'service.tags.0': 'a' }, 'reload')
  map.change({ 'service.size': 8 })
  map.change({ 'service.size': undefined })
  await sleep(0)
  assert.equal(told, [
    ['reload', 100, 7, ['service.size', 'service.tags.0']],
    ['set', 7, 8, ['service.size']],
    ['set', 8, 100, ['service.size']],
  ])
  assert.equal(config.value, { size: 100, tags: ['a'] })
})

test('what changes nothing is not told', async () => {
  const { map, config, told } = await open({ 'service.size': 7 })
  const before = config.value
  map.change({ 'service.size': '7' })
  map.change({ 'service.other': 1 })
  await sleep(0)
  assert.equal(told, [])
  assert.is(config.value, before)
})

test('a value that is refused is told once, in full, and the last good one stays', async () => {
  const { map, config, told, problems } = await open({ 'service.size': 7 })
  map.change({ 'service.size': 'x' })
  map.change({ 'service.tags.0': 'a' })
  await sleep(0)
  assert.equal(config.value, { size: 7, tags: ['a'] })
  assert.equal(told, [['set', 7, 7, ['service.tags.0']]])
  assert.is(problems.length, 1)
  const [[problem]] = problems as [[ConfigProblem]]
  assert.equal([problem.key, problem.value], ['service.size', 'x'])
  assert.match(problem.reason, /expected number, received string/)
  assert.equal(config.problems, [problem])
  map.change({ 'service.size': 'y' })
  await sleep(0)
  assert.is(problems.length, 2)
  map.change({ 'service.size': 9 })
  await sleep(0)
  assert.equal(config.problems, [])
  assert.is(config.value.size, 9)
})

test('at first the default stands for what is refused, and the problem is told', async () => {
  const { config, problems } = await open({ 'service.size': 5000 })
  assert.is(config.value.size, 100)
  assert.is(config.problems.length, 1)
  await sleep(0)
  assert.is(problems.length, 1)
})

test('without a handler a problem is a warning of the process', async () => {
  const warned = new Promise<Error & { code?: string }>((resolve) => process.once('warning', resolve))
  await liveConfig({ map: new MemoryMap({ 'service.size': 'x' }), prefix: 'service.', schema })
  const { message, code } = await warned
  assert.is(code, 'QUORATE_CONFIG_INVALID')
  assert.match(
    message,
    /the last good value stays, at first the default: service\.size is 'x': .*expected number/,
  )
})

test('opening fails with all problems where there are no defaults, and follows nothing', async () => {
  const map = new MemoryMap({ 'service.a': 'x' })
  const must = z.object({ a: z.number(), b: z.string() })
  const error = await liveConfig({ map, prefix: 'service', schema: must }).catch((thrown: unknown) => thrown)
  assert.instance(error, ConfigError)
  assert.match(
    String(error),
    /below service\. cannot be used; .*service\.a is 'x': .*; service\.b: .*expected string/,
  )
  assert.equal(
    (error as ConfigError).problems.map(({ key }) => key),
    ['service.a', 'service.b'],
  )
  assert.is(map.trackings, 0)
})

test('a schema that implements no Standard Schema is a mistake of the program, not of the configuration', async () => {
  const map = new MemoryMap({})
  for (const none of [undefined, { type: 'object' }]) {
    const opening = liveConfig({ map, prefix: 'service', schema: none as unknown as typeof schema })
    const error = await opening.catch((thrown: unknown) => thrown)
    assert.instance(error, TypeError)
    assert.match(String(error), /the schema does not implement Standard Schema/)
  }
  assert.is(map.trackings, 0)
})

test('the value cannot be written by who reads it', async () => {
  const { config } = await open({ 'service.tags.0': 'a' })
  assert.throws(() => config.value.tags.push('b'), TypeError)
  assert.throws(() => Object.assign(config.value, { size: 1 }), TypeError)
})

test('next is the next change, and gives up by its signal', async () => {
  const { map, config } = await open()
  const next = config.next()
  map.change({ 'service.size': 7 })
  assert.is((await next).value.size, 7)
  const controller = new AbortController()
  const given = config.next({ signal: controller.signal })
  controller.abort(new Error('enough'))
  assert.match(String(await given.catch(String)), /enough/)
  assert.match(String(await config.next({ signal: controller.signal }).catch(String)), /enough/)
})

test('the stream joins what was not read in time, and ends with the configuration', async () => {
  const { map, config } = await open()
  const stream = config[Symbol.asyncIterator]()
  for (const size of [1, 2, 3]) map.change({ 'service.size': size, [`service.tags.${size - 1}`]: 'a' })
  await sleep(0)
  const { value: change } = await stream.next()
  assert.equal([change?.oldValue.size, change?.value.size], [100, 3])
  assert.equal(
    change?.differences.find(({ key }) => key === 'service.size'),
    {
      key: 'service.size',
      value: 3,
      oldValue: undefined,
    },
  )
  const sizes: number[] = []
  const reading = (async () => {
    for await (const { value } of stream) sizes.push(value.size)
  })()
  map.change({ 'service.size': 4 })
  await sleep(0)
  await config.close()
  await reading
  assert.equal(sizes, [4])
})

test('what was undone before it was read is no change; joined, the cause is what says least of the steps', async () => {
  const { map, config } = await open({ 'service.size': 1 })
  const stream = config[Symbol.asyncIterator]()
  for (const size of [2, 1, 3]) map.change({ 'service.size': size })
  map.change({ 'service.size': 4 }, 'reconnect')
  map.change({ 'service.size': 5 })
  await sleep(0)
  const { value: change } = await stream.next()
  assert.equal([change?.cause, change?.oldValue.size, change?.value.size], ['reconnect', 1, 5])
  for (const size of [6, 5]) map.change({ 'service.size': size })
  await sleep(0)
  const next = stream.next()
  map.change({ 'service.size': 7 })
  assert.is((await next).value?.value.size, 7)
})

test('after close nothing is followed, waits or is told, and the value stays', async () => {
  const { map, config, told } = await open()
  const next = config.next().catch(String)
  map.change({ 'service.size': 5 })
  await config.close()
  await config.close()
  await sleep(0)
  assert.is(map.trackings, 0)
  assert.match(String(await next), /was closed/)
  assert.match(String(await config.next().catch(String)), /was closed/)
  assert.equal(await config[Symbol.asyncIterator]().next(), { done: true, value: undefined })
  assert.equal(told, [])
  assert.is(config.value.size, 100)
})

test('a listener ends by itself, and the same one may be given twice', async () => {
  const { map, config } = await open()
  let calls = 0
  const listener = (): void => {
    calls += 1
  }
  const [end] = [config.on('change', listener), config.on('change', listener)]
  end()
  map.change({ 'service.size': 5 })
  await sleep(0)
  assert.is(calls, 1)
})

test('a schema that takes its time is never overtaken: the newest wins, in order', async () => {
  const map = new MemoryMap()
  const slow = z.object({ size: z.number().default(0) }).refine(async ({ size }) => {
    await sleep(size === 1 ? 30 : 1)
    return true
  })
  const config = await liveConfig({ map, prefix: 'service', schema: slow })
  const sizes: number[] = []
  config.on('change', ({ value }) => sizes.push(value.size))
  for (const size of [1, 2, 3]) map.change({ 'service.size': size })
  while (config.value.size !== 3) await sleep(5)
  await sleep(40)
  assert.equal(sizes, [1, 2, 3])
})

test('what changes while the first look is taken is not missed', async () => {
  const map = new MemoryMap({ 'service.size': 1 })
  const slow = z.object({ size: z.number() }).refine(async () => sleep(10).then(() => true))
  const opening = liveConfig({ map, prefix: 'service', schema: slow })
  await sleep(1)
  map.change({ 'service.size': 2 })
  const config = await opening
  assert.is(config.value.size, 1)
  assert.is((await config.next()).value.size, 2)
})

test('what a listener throws disturbs neither the others nor the following', async () => {
  const { map, config, told } = await open()
  const thrown: unknown[] = []
  const note = (error: unknown) => thrown.push(error)
  process.on('uncaughtException', note)
  config.on('change', () => {
    throw new Error('a bug')
  })
  map.change({ 'service.size': 5 })
  map.change({ 'service.size': 6 })
  await sleep(5)
  process.off('uncaughtException', note)
  assert.is(thrown.length, 2)
  assert.is(told.length, 2)
})

test.run()
