// Reloads and the daemon's lives, as no daemon lets them be timed: begun, ended and broken off at every place.

import { suite } from 'uvu'
import { equal } from 'uvu/assert'
import { covers } from '../changes/covers.ts'
import type { CmapChanges, CmapEntry, CmapKeys } from '../config-map.ts'
import { Reloads, type Tracker } from './reloads.ts'
import { Tracked } from './tracked.ts'
import type { CmapChange, CmapChangeHandler } from './tracking.ts'
import { type CmapValue, makeValue } from './values.ts'

const test = suite('trackings of a Cmap')
const reloadKey = 'config.reload_in_progress'

/** A daemon's life, of which a test is the daemon. */
class Life implements Tracker {
  readonly #values = new Map<string, CmapValue>()
  readonly #trackings: { readonly keys: CmapKeys; readonly handler: CmapChangeHandler }[] = []

  constructor(values: Readonly<Record<string, number>> = {}) {
    for (const [key, value] of Object.entries(values)) this.#values.set(key, makeValue('uint8', value))
  }

  async track(keys: CmapKeys, handler: CmapChangeHandler): Promise<() => void> {
    this.#trackings.push({ keys, handler })
    return () => undefined
  }

  async entries(keys: CmapKeys): Promise<CmapEntry[]> {
    return [...this.#values].filter(([key]) => covers(keys, key)).map(([key, value]) => ({ key, ...value }))
  }

  set(key: string, number?: number): void {
    const [value, oldValue] = [
      number === undefined ? undefined : makeValue('uint8', number),
      this.#values.get(key),
    ]
    const event = oldValue === undefined ? 'ADD' : value === undefined ? 'DELETE' : 'MODIFY'
    if (value === undefined) this.#values.delete(key)
    else this.#values.set(key, value)
    const change: CmapChange = { event, key, value, oldValue }
    // The last tracking is told first, as icmap does it; the other way round is tried, too.
    for (const { keys, handler } of this.order(this.#trackings)) if (covers(keys, key)) handler(change)
  }

  order<T>(trackings: readonly T[]): T[] {
    return [...trackings].reverse()
  }
}

class OtherOrder extends Life {
  override order<T>(trackings: readonly T[]): T[] {
    return [...trackings]
  }
}

/** The reloads of a life, followed, and told to `tracked`. */
async function follow(life: Life, tracked: () => Tracked): Promise<Reloads> {
  const reloads = new Reloads(life, () => tracked().tell('reload'))
  await reloads.follow()
  return reloads
}

/** A tracking in its first life, and what it was told. */
async function begin(life: Life, keys: CmapKeys = { prefix: '' }) {
  const told: string[] = []
  const tracked = new Tracked(keys, (changes) => told.push(line(changes)))
  const entries = await tracked.begin(await follow(life, () => tracked))
  return { tracked, told, entries }
}

function line({ cause, differences }: CmapChanges): string {
  return `${cause} ${differences.map(({ key, oldValue, value }) => `${key} ${oldValue?.value}→${value?.value}`).join(', ')}`
}

for (const Order of [Life, OtherOrder]) {
  test(`${Order.name}: what changes in a reload is one set, its key part of it; what changes else is one each`, async () => {
    const life = new Order({ a: 1, b: 1, [reloadKey]: 0 })
    const { told } = await begin(life)
    life.set('a', 2)
    life.set(reloadKey, 1)
    for (const [key, value] of [
      ['a', 3],
      ['b', undefined],
      ['c', 1],
      ['a', 4],
      ['c', undefined],
    ] as const)
      life.set(key, value)
    equal(told, ['set a 1→2'])
    life.set(reloadKey, 0)
    life.set('a', 5)
    equal(told, ['set a 1→2', 'reload a 2→4, b 1→undefined', 'set a 4→5'])
  })
}

test('the first reload, before which the key is not there', async () => {
  const life = new Life()
  const { told } = await begin(life, { prefix: 'config.' })
  life.set(reloadKey, 1)
  life.set(reloadKey, 0)
  equal(told, [`reload ${reloadKey} undefined→0`])
})

test('a tracking that begins in the midst of a reload is told what follows when that ends', async () => {
  const life = new Life({ a: 1, [reloadKey]: 1 })
  const { told, entries } = await begin(life, { key: 'a' })
  equal(
    entries.map(({ value }) => value),
    [1],
  )
  life.set('a', 2)
  equal(told, [])
  life.set(reloadKey, 0)
  life.set('a', 3)
  equal(told, ['reload a 1→2', 'set a 2→3'])
})

test('a change while the entries are read is told, or is in them', async () => {
  const told: string[] = []
  const life = new Life({ a: 1 })
  const reloads = await follow(life, () => tracked)
  const tracked = new Tracked({ key: 'a' }, (changes) => told.push(line(changes)))
  const begun = tracked.begin(reloads)
  life.set('a', 2)
  const [entry] = await begun
  life.set('a', 3)
  equal([entry?.value, told], [2, ['set a 2→3']])
})

test('the next life is compared with what was told, also when the last one ended in the midst of a reload', async () => {
  const life = new Life({ a: 1, b: 1, c: 1 })
  const { tracked, told } = await begin(life)
  life.set(reloadKey, 1)
  life.set('a', 2)
  life.set('b', 2)
  const next = new Life({ a: 1, b: 3, c: 1 })
  await tracked.resume(await follow(next, () => tracked))
  next.set('c', 2)
  equal(told, ['reconnect b 1→3', 'set c 1→2'])
})

test('a next life in which nothing has changed tells nothing, and the change after it is a set', async () => {
  const { tracked, told } = await begin(new Life({ a: 1 }))
  const next = new Life({ a: 1 })
  await tracked.resume(await follow(next, () => tracked))
  next.set('a', 2)
  equal(told, ['set a 1→2'])
})

test('a next life in the midst of a reload is told when that ends, as one set', async () => {
  const { tracked, told } = await begin(new Life({ a: 1, b: 1 }), { prefix: '' })
  const next = new Life({ a: 2, b: 1, [reloadKey]: 1 })
  await tracked.resume(await follow(next, () => tracked))
  next.set('b', 2)
  equal(told, [])
  next.set(reloadKey, 0)
  equal(told, [`reconnect a 1→2, b 1→2, ${reloadKey} undefined→0`])
})

test('changes while a life is read anew are part of the comparison', async () => {
  const { tracked, told } = await begin(new Life({ a: 1, b: 1 }))
  const next = new Life({ a: 1, b: 1 })
  const resumed = tracked.resume(await follow(next, () => tracked))
  next.set('a', 2)
  await resumed
  equal(told, ['reconnect a 1→2'])
})

test('one whose entries cannot be read is ended again', async () => {
  let ended = false
  const tracker = {
    underWay: false,
    track: async () => () => {
      ended = true
    },
    entries: () => Promise.reject(new Error('unreadable')),
  }
  equal(
    await new Tracked({ key: 'a' }, () => undefined).begin(tracker).catch(({ message }) => message),
    'unreadable',
  )
  equal(ended, true)
})

test('one that was stopped is told nothing, also while it is resumed', async () => {
  const life = new Life({ a: 1 })
  const { tracked, told } = await begin(life)
  const next = new Life({ a: 2 })
  const resumed = tracked.resume(await follow(next, () => tracked))
  tracked.stop()
  await resumed
  next.set('a', 3)
  equal(told, [])
})

test.run()
