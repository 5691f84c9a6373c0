// One node's part, with a replica that does what the test says; test/replica-configuration.test.ts has groups.

import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { z } from 'zod'
import { liveConfig } from '../live-config/live-config.ts'
import { MemoryMap } from '../memory-map.test-support.ts'
import {
  type ReplicatedConfigOptions,
  type ReplicatedConfigWarning,
  replicatedConfig,
} from './replicated-config.ts'

const test = suite('replicated configuration')

interface Shared {
  readonly limit: number
}

class Replica {
  state: { config: Shared | null } = { config: null }
  readonly status: {
    leader: { nodeid: number; self: boolean; fencingToken: bigint } | null
    ended: Error | null
  } = { leader: null, ended: null }
  readonly listeners = new Set<() => void>()

  subscribe = (_: unknown, listener: () => void) => this.#add(listener)
  on = (_: unknown, listener: () => void) => this.#add(listener)

  lead(self: boolean, fencingToken = 1n): void {
    this.status.leader = { nodeid: 1, self, fencingToken }
    this.tell()
  }

  become(config: Shared | null): void {
    this.state = { config }
    this.tell()
  }

  tell(): void {
    for (const listener of this.listeners) listener()
  }

  #add(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

async function open(
  answer: (value: Shared, replica: Replica) => void = (value, replica) => replica.become(value),
  pauseMs = 50,
  options: Partial<ReplicatedConfigOptions<Replica['state'], Shared>> = {},
) {
  const [map, replica] = [new MemoryMap({ 'service.limit': 5 }), new Replica()]
  const config = await liveConfig({ map, prefix: 'service', schema: z.object({ limit: z.number() }) })
  const [submitted, warnings]: [number[], ReplicatedConfigWarning[]] = [[], []]
  const told: string[] = []
  const replicated = replicatedConfig<Replica['state'], Shared>({
    ...{ replica, config, pauseMs },
    select: (state) => state.config,
    submit: async (value) => {
      submitted.push(value.limit)
      await turn()
      answer(value, replica)
    },
    warning(warning) {
      warnings.push(warning)
      told.push(warning.notice)
    },
    equal: () => void told.push('equal'),
    ...options,
  })
  return { map, replica, replicated, submitted, warnings, told }
}

/** More turns than any of these takes: a time would be none on a machine that is busy. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await turn()
}

test('the leader brings its own at once, when it leads and when its own changes', async () => {
  const { map, replica, replicated, submitted } = await open()
  assert.equal(submitted, [])
  replica.lead(true)
  assert.equal(submitted, [5])
  await settled()
  map.change({ 'service.limit': 6 })
  await settled()
  assert.equal(submitted, [5, 6])
  assert.equal(replicated.differences, [])
})

test('who does not lead brings nothing, and tells a difference that lasts, once', async () => {
  const { replica, submitted, warnings, told } = await open()
  replica.become({ limit: 9 })
  replica.lead(false)
  await sleep(200)
  assert.equal(submitted, [])
  assert.equal(warnings, [
    { notice: 'config-differs', leader: 1, differences: [{ key: 'service.limit', own: 5, replicated: 9 }] },
  ])
  replica.become({ limit: 8 })
  await sleep(120)
  assert.is(warnings.length, 2)
  replica.become({ limit: 5 })
  assert.equal(told, ['config-differs', 'config-differs', 'equal'])
})

test('a difference that ends in time is not told', async () => {
  const { replica, told } = await open()
  replica.lead(false)
  replica.become({ limit: 5 })
  await sleep(120)
  assert.equal(told, [])
})

test('without a leader nothing is told', async () => {
  const { replica, told } = await open()
  replica.lead(false)
  replica.status.leader = null
  replica.tell()
  await sleep(120)
  assert.equal(told, [])
})

test('what changes while a command is under way comes after it, one at a time', async () => {
  const { map, replica, submitted } = await open()
  replica.lead(true)
  for (const limit of [6, 7]) map.change({ 'service.limit': limit })
  await settled()
  assert.equal(submitted, [5, 7])
})

test('a late command of another leader is put right', async () => {
  const { replica, submitted } = await open()
  replica.lead(true)
  await settled()
  replica.become({ limit: 1 })
  await settled()
  assert.equal(submitted, [5, 5])
  assert.equal(replica.state.config, { limit: 5 })
})

test('a late command of another leader that brings back what there was is put right, however often it comes', async () => {
  const { replica, submitted } = await open()
  replica.become({ limit: 1 })
  replica.lead(true)
  await settled()
  for (let i = 0; i < 3; i++) {
    replica.become({ limit: 1 })
    await settled()
  }
  assert.equal(submitted, [5, 5, 5, 5])
  assert.equal(replica.state.config, { limit: 5 })
})

test('a late command right behind the own one is put right', async () => {
  let late = 1
  const { replica, submitted } = await open((value, each) => {
    each.state = { config: late-- > 0 ? { limit: 1 } : value }
    each.tell()
  })
  replica.become({ limit: 1 })
  replica.lead(true)
  await settled()
  assert.equal(submitted, [5, 5])
  assert.equal(replica.state.config, { limit: 5 })
})

test('a reducer that takes another value than given is not asked for ever', async () => {
  const { replica, submitted, told } = await open((_, each) => each.become({ limit: 4 }))
  replica.lead(true)
  await sleep(200)
  assert.equal(submitted, [5, 5, 5])
  assert.equal(told, ['config-differs'])
})

test('what a reducer rejects is told, and brought again only when something has changed', async () => {
  const rejection = new Error('too small')
  const { map, replica, submitted, warnings } = await open((value, each) => {
    if (value.limit < 6) throw rejection
    each.become(value)
  })
  replica.lead(true)
  await sleep(200)
  assert.equal(submitted, [5])
  assert.equal(warnings[0], { notice: 'config-not-taken', error: rejection })
  assert.is(warnings[1]?.notice, 'config-differs')
  replica.lead(true, 2n)
  await settled()
  assert.equal(submitted, [5, 5])
  map.change({ 'service.limit': 6 })
  await settled()
  assert.equal(replica.state.config, { limit: 6 })
})

test('what the replica could not do is tried again after the pause', async () => {
  let failures = 2
  const { replica, submitted } = await open((value, each) => {
    if (failures-- > 0) throw Object.assign(new Error('overloaded'), { outcome: 'unapplied' })
    each.become(value)
  })
  replica.lead(true)
  await settled()
  assert.equal(submitted, [5])
  await sleep(200)
  assert.equal(submitted, [5, 5, 5])
})

test('a leader whose value may not replace the group’s tells the difference, until it may', async () => {
  const { map, replica, submitted, told } = await open(undefined, 50, {
    mayReplace: (own, replicated) => own.limit > replicated.limit,
  })
  replica.become({ limit: 9 })
  replica.lead(true)
  await sleep(120)
  assert.equal([submitted, told], [[], ['config-differs']])
  map.change({ 'service.limit': 10 })
  await settled()
  assert.equal([submitted, told], [[10], ['config-differs', 'equal']])
  replica.become(null)
  await settled()
  assert.equal(submitted, [10, 10])
})

test('a pause without an end tells nothing, and tries nothing again', async () => {
  const { replica, submitted, told } = await open(() => {
    throw Object.assign(new Error('overloaded'), { outcome: 'unapplied' })
  }, Number.POSITIVE_INFINITY)
  replica.lead(true)
  await sleep(50)
  assert.equal([submitted, told], [[5], ['config-not-taken']])
  for (const pauseMs of [0, -1, Number.NaN])
    assert.match(String(await open(undefined, pauseMs).catch(String)), /^RangeError: pauseMs is a number of/)
})

test('without a handler a difference is a warning of the process', async () => {
  const map = new MemoryMap({ 'service.limit': 5 })
  const config = await liveConfig({ map, prefix: 'service', schema: z.object({ limit: z.number() }) })
  const replica = new Replica()
  const warned = new Promise<Error & { code?: string }>((resolve) => process.once('warning', resolve))
  const submit = async (): Promise<void> => {}
  replicatedConfig<Replica['state'], Shared>({
    ...{ replica, config, submit, pauseMs: 1 },
    select: ({ config }) => config,
  })
  replica.become({ limit: 6 })
  replica.lead(false)
  // The pause alone does not keep a process alive.
  await sleep(20)
  const { message, code } = await warned
  assert.is(code, 'QUORATE_CONFIG_DIFFERS')
  assert.match(message, /Make it equal on all nodes: service\.limit is 5 here and 6 in the group/)
})

test('after close, and once the replica has ended, nothing is compared', async () => {
  const { map, replica, replicated, submitted, told } = await open()
  replica.lead(false)
  replicated.close()
  assert.is(replica.listeners.size, 0)
  const other = await open()
  other.replica.lead(false)
  other.replica.status.ended = new Error('closed')
  other.map.change({ 'service.limit': 8 })
  map.change({ 'service.limit': 8 })
  await sleep(120)
  assert.equal([...submitted, ...told, ...other.submitted, ...other.told], [])
  assert.is(other.replica.listeners.size, 0)
})

test.run()
