// A replica that follows its node's map. The replica here knows two limits and one timeout, and judges as a real one:
// test/replica-configuration.test.ts has those.

import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ConfigProblem } from '../live-config/problem.ts'
import { MemoryMap } from '../memory-map.test-support.ts'
import { type TuneReplicaOptions, tuneReplica } from './tune-replica.ts'

const test = suite('tuning by the map')

type Bounds = Record<string, number>

class Replica {
  readonly status: { group: string; ended: Error | null } = { group: 'counter', ended: null }
  readonly opened: { limits: Bounds; timeouts: Bounds } = {
    limits: { open: 10, room: 100 },
    timeouts: { tickMs: 5 },
  }
  bounds = structuredClone(this.opened)
  calls = 0

  tune(changes: { limits?: object; timeouts?: object }): void {
    this.calls += 1
    const next = structuredClone(this.bounds)
    for (const part of ['limits', 'timeouts'] as const)
      for (const [name, value] of Object.entries(changes[part] ?? {})) {
        if (!(name in this.opened[part])) throw new Error(`there is no ${part}.${name}`)
        next[part][name] = value ?? (this.opened[part][name] as number)
      }
    if ((next.limits['open'] as number) > (next.limits['room'] as number))
      throw new Error('room is too small')
    this.bounds = next
  }
}

async function open(entries: Record<string, string | number> = {}, options: TuneReplicaOptions = {}) {
  const [map, replica] = [new MemoryMap(entries), new Replica()]
  const problems: ConfigProblem[] = []
  const levels: unknown[] = []
  const tuning = await tuneReplica(replica, map, {
    ...options,
    warning: (found) => void problems.push(...found),
    logLevel(level) {
      if (level === 'loud') throw new Error('there is no level loud')
      levels.push(level)
    },
  })
  const change = async (changed: Record<string, string | number | undefined>): Promise<void> => {
    map.change(changed)
    await sleep(0)
  }
  await sleep(0)
  return { map, replica, tuning, problems, levels, change }
}

test('what stands there at first, what changes, and what is deleted', async () => {
  const { replica, problems, change } = await open({ 'quorate.counter.limits.open': '20' })
  assert.equal(replica.bounds, { limits: { open: 20, room: 100 }, timeouts: { tickMs: 5 } })
  await change({ 'quorate.counter.limits.open': 30, 'quorate.counter.timeouts.tickMs': 7 })
  assert.equal(replica.bounds, { limits: { open: 30, room: 100 }, timeouts: { tickMs: 7 } })
  await change({ 'quorate.counter.limits.open': undefined })
  assert.equal(replica.bounds, { limits: { open: 10, room: 100 }, timeouts: { tickMs: 7 } })
  assert.equal(problems, [])
})

test('another group is not this one', async () => {
  const { replica } = await open({ 'quorate.counters.limits.open': 20, 'quorate.limits.open': 20 })
  assert.equal(replica.bounds, replica.opened)
})

test('a section of another name, with or without its dot; problems name keys in full', async () => {
  for (const prefix of ['tuning.counter', 'tuning.counter.']) {
    const entries = { 'tuning.counter.limits.open': 20, 'tuning.counter.limits.opne': 20 }
    const { replica, problems } = await open(entries, { prefix })
    assert.is(replica.bounds.limits['open'], 20)
    assert.equal(
      problems.map(({ key }) => key),
      ['tuning.counter.limits.opne'],
    )
  }
})

const groupNamed = (group: string): Replica =>
  Object.assign(new Replica(), { status: { group, ended: null } })

for (const group of ['a b', 'zähler', 'a"b', 'a=1', 'two\nlines']) {
  test(`a group named ${JSON.stringify(group)}, which no key can have in it: an error that says what to do`, async () => {
    const map = new MemoryMap({ 'quorate.other.limits.open': 20 })
    const error: Error = await tuneReplica(groupNamed(group), map).catch((failure) => failure)
    assert.is(error.name, 'RangeError')
    assert.ok(error.message.includes(`"quorate.${group}."`), error.message)
    assert.match(error.message, '3 to 255 characters of A-Z, a-z, 0-9 and ._-/:')
    assert.match(error.message, "{ prefix: 'quorate.NAME' }")
    assert.is(map.trackings, 0)
    const replica = groupNamed(group)
    await tuneReplica(replica, map, { prefix: 'quorate.other' })
    assert.is(replica.bounds.limits['open'], 20)
  })
}

test('a prefix that leaves no room for a key is refused, too', async () => {
  const prefix = 'k'.repeat(250)
  const error: Error = await tuneReplica(new Replica(), new MemoryMap(), { prefix }).catch(
    (failure) => failure,
  )
  assert.is(error.name, 'RangeError')
})

for (const group of ['a:b/c-d_e.F0', 'a.', 'g'.repeat(127)]) {
  test(`a group named ${group} can be part of a key as it is`, async () => {
    const replica = groupNamed(group)
    await tuneReplica(replica, new MemoryMap({ [`quorate.${group}.limits.open`]: 20 }))
    assert.is(replica.bounds.limits['open'], 20)
  })
}

test('a value that is no number is told, and what holds stays', async () => {
  const { replica, problems, tuning, change } = await open({ 'quorate.counter.limits.open': 20 })
  await change({ 'quorate.counter.limits.open': 'many', 'quorate.counter.timeouts.tickMs': 7 })
  assert.equal(replica.bounds, { limits: { open: 20, room: 100 }, timeouts: { tickMs: 7 } })
  assert.equal(problems, [
    { key: 'quorate.counter.limits.open', value: 'many', reason: 'expected a whole number' },
  ])
  assert.equal(tuning.problems, problems)
})

test('what the replica refuses is told once, with key and reason, and the others are taken', async () => {
  const { replica, problems, tuning, change } = await open({
    'quorate.counter.limits.opne': 20,
    'quorate.counter.limits.open': 20,
  })
  assert.is(replica.bounds.limits['open'], 20)
  const problem = { key: 'quorate.counter.limits.opne', value: 20, reason: 'there is no limits.opne' }
  assert.equal(problems, [problem])
  await change({ 'quorate.counter.timeouts.tickMs': 9 })
  assert.is(replica.bounds.timeouts['tickMs'], 9)
  assert.equal(problems, [problem])
  await change({ 'quorate.counter.limits.opne': undefined })
  assert.equal(tuning.problems, [])
  assert.equal(problems, [problem])
})

test('bounds that go together only as changed are taken together, and later if one comes later', async () => {
  const { replica, problems, tuning, change } = await open()
  await change({ 'quorate.counter.limits.open': 1000, 'quorate.counter.limits.room': 1000 })
  assert.equal(replica.bounds.limits, { open: 1000, room: 1000 })
  await change({ 'quorate.counter.limits.open': 2000 })
  assert.equal(replica.bounds.limits, { open: 1000, room: 1000 })
  assert.is(problems.length, 1)
  await change({ 'quorate.counter.limits.room': 2000 })
  assert.equal(replica.bounds.limits, { open: 2000, room: 2000 })
  assert.equal(tuning.problems, [])
})

test('beside one that is refused, too, in whatever order they stand and return', async () => {
  const key = (name: string): string => `quorate.counter.limits.${name}`
  const { replica, tuning, change } = await open({ [key('opne')]: 1, [key('open')]: 500, [key('room')]: 500 })
  assert.equal(replica.bounds.limits, { open: 500, room: 500 })
  await change({ [key('room')]: 50, [key('open')]: 5 })
  assert.equal(replica.bounds.limits, { open: 5, room: 50 })
  await change({ [key('open')]: undefined, [key('room')]: undefined })
  assert.equal(replica.bounds, replica.opened)
  assert.equal(
    tuning.problems.map((problem) => problem.key),
    [key('opne')],
  )
})

test('a bound that cannot return yet returns when it can', async () => {
  const { replica, change } = await open({
    'quorate.counter.limits.open': 500,
    'quorate.counter.limits.room': 500,
  })
  await change({ 'quorate.counter.limits.room': undefined })
  assert.equal(replica.bounds.limits, { open: 500, room: 500 })
  await change({ 'quorate.counter.limits.open': 50 })
  assert.equal(replica.bounds.limits, { open: 50, room: 100 })
})

test("a bound that has returned is the program's own again", async () => {
  const { replica, change } = await open({ 'quorate.counter.limits.open': 20 })
  await change({ 'quorate.counter.limits.open': undefined })
  replica.tune({ limits: { open: 33 } })
  await change({ 'quorate.counter.timeouts.tickMs': 9 })
  assert.is(replica.bounds.limits['open'], 33)
})

test('the level of the log is told at first and when it changes, and one that is none is a problem', async () => {
  const { levels, problems, tuning, change } = await open()
  await change({ 'quorate.counter.log.level': 'debug' })
  await change({ 'quorate.counter.limits.open': 11 })
  await change({ 'quorate.counter.log.level': 'loud' })
  assert.equal(levels, [undefined, 'debug'])
  assert.equal(problems, [
    { key: 'quorate.counter.log.level', value: 'loud', reason: 'there is no level loud' },
  ])
  await change({ 'quorate.counter.log.level': undefined })
  assert.equal(levels, [undefined, 'debug', undefined])
  assert.equal(tuning.problems, [])
})

test('without a handler what is refused is a warning of the process', async () => {
  const warned = new Promise<Error & { code?: string }>((resolve) => process.once('warning', resolve))
  await tuneReplica(new Replica(), new MemoryMap({ 'quorate.counter.limits.opne': 5 }))
  const { message, code } = await warned
  assert.is(code, 'QUORATE_TUNING_REFUSED')
  assert.match(message, /quorate\.counter\.limits\.opne is 5: there is no limits\.opne/)
})

test('after close, and once the replica has ended, nothing is followed', async () => {
  const { map, replica, change, tuning } = await open()
  replica.status.ended = new Error('closed')
  const { calls } = replica
  await change({ 'quorate.counter.limits.open': 20 })
  assert.is(replica.calls, calls)
  assert.is(map.trackings, 0)
  await tuning.close()
  const other = await open()
  await other.tuning.close()
  await other.change({ 'quorate.counter.limits.open': 20 })
  assert.equal(other.replica.bounds, other.replica.opened)
})

test.run()
