// How a daemon's events become those of the transport port: views, the quorum service's word, the daemon's death.

import type { Member, TransportEvent } from '@quorate/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Environment } from './environment.ts'
import { denseFaults, drawTraits } from './faults.ts'
import { Inbox } from './inbox.ts'
import { Ring } from './ring.ts'

const [one, two, three]: [Member, Member, Member] = [member(1), member(2), member(3)]

function member(nodeid: number): Member {
  return { nodeid, pid: nodeid * 10 }
}

function ringOf(seq: number, ...nodeids: number[]): Ring {
  const nodes = nodeids.reduce((set, nodeid) => set | (1 << (nodeid - 1)), 0)
  return new Ring({ nodeid: 1, seq: BigInt(seq) }, nodes, [], nodeids.length > 1)
}

/** The inbox of node 1, and what comes out of it. */
class Scene {
  readonly told: string[] = []
  readonly inbox: Inbox

  constructor(seed = 1) {
    const environment = new Environment(drawTraits(denseFaults, 1), 0)
    environment.random.restart(seed)
    this.inbox = new Inbox(one, environment, (event) => this.told.push(describe(event)))
  }

  /** A confchg; with `nodes` whole nodes came or went. */
  change(nodes: boolean, changed: Member, ...members: Member[]): void {
    this.inbox.push({ kind: 'confchg', members, changed: [changed], nodes })
  }

  /** Joins alone with node 2, and hears it. */
  join(ring: Ring): void {
    this.change(false, one, one, two)
    this.inbox.pushRing(ring)
    this.takeAll()
  }

  takeAll(): string[] {
    while (this.inbox.take());
    return this.told.splice(0)
  }
}

function describe(event: TransportEvent): string {
  if (event.type === 'quorum') return `quorum ${event.quorate} of ${event.ring.seq}`
  if (event.type !== 'view') return event.type
  const members = event.members.map(({ nodeid }) => nodeid).join('')
  return `${event.cause} ${members} of ${event.ring.seq}, ${event.quorate}`
}

test('the first view comes when both the own join and the ring are known, without up', () => {
  const scene = new Scene()
  scene.change(false, one, one, two)
  assert.equal(scene.takeAll(), [])
  scene.inbox.pushRing(ringOf(4, 1, 2))
  assert.equal(scene.takeAll(), ['membership 12 of 4, null'])
  assert.ok(scene.inbox.isUp)
})

test('what the quorum service says of a ring to come is told with the ring', () => {
  const scene = new Scene()
  scene.join(ringOf(4, 1, 2))
  scene.told.length = 0
  const next = ringOf(8, 1, 2)
  scene.inbox.pushQuorum(next)
  assert.equal(scene.takeAll(), [])
  scene.inbox.pushRing(next)
  assert.equal(scene.takeAll(), ['ring 12 of 8, true'])
})

test('what it says of the ring in force is told at once, and once', () => {
  const scene = new Scene()
  const ring = ringOf(4, 1, 2)
  scene.join(ring)
  scene.takeAll()
  scene.inbox.pushQuorum(ring)
  scene.inbox.pushQuorum(ring)
  assert.equal(scene.takeAll(), ['quorum true of 4'])
})

test('while the ring changes nobody knows of a quorum; a process that leaves changes no ring', () => {
  const scene = new Scene()
  const ring = ringOf(4, 1, 2)
  scene.join(ring)
  scene.inbox.pushQuorum(ring)
  scene.takeAll()
  scene.change(false, two, one)
  assert.equal(scene.takeAll(), ['membership 1 of 4, true'])
  scene.change(true, three, one, three)
  assert.equal(scene.takeAll(), ['membership 13 of 4, null'])
})

test('who is listed without its node is left out from the new ring on, until it joins', () => {
  const scene = new Scene()
  scene.join(ringOf(4, 1, 2))
  scene.takeAll()
  scene.change(true, three, one, two, three)
  scene.inbox.pushRing(ringOf(8, 1, 2))
  scene.change(false, two, one, three)
  scene.change(false, three, one, three)
  const expected = ['membership 123 of 4, null', 'ring 12 of 8, null', 'membership 1 of 8, null']
  assert.equal(scene.takeAll(), [...expected, 'membership 13 of 8, null'])
})

test('of what waits when the daemon dies some is read, then down; a new membership begins with up', () => {
  const readBeforeDown = new Set<number>()
  for (let seed = 0; seed < 60; seed++) {
    const scene = new Scene(seed)
    scene.join(ringOf(4, 1, 2))
    scene.takeAll()
    for (let count = 0; count < 3; count++) scene.change(false, three, one, two, three)
    scene.inbox.daemonDied()
    assert.ok(scene.inbox.isOrphaned)
    const told = scene.takeAll()
    assert.is(told.at(-1), 'down')
    readBeforeDown.add(told.length - 1)
    assert.not(scene.inbox.isUp)
    scene.join(ringOf(8, 1, 2))
  }
  assert.equal([...readBeforeDown].sort(), [0, 1, 2, 3])
})

test('the next daemon is heard only after the death of the last one', () => {
  for (let seed = 0; seed < 20; seed++) {
    const scene = new Scene(seed)
    scene.join(ringOf(4, 1, 2))
    scene.takeAll()
    scene.inbox.daemonDied()
    const next = ringOf(8, 1)
    scene.inbox.pushQuorum(next)
    scene.change(false, one, one)
    scene.inbox.pushRing(next)
    const told = scene.takeAll()
    assert.equal(told.slice(0, 2), ['down', 'up'])
    // Whenever it came: it was not taken for a word of the old daemon, and lost.
    assert.match(told.slice(2).join('; '), /^membership 1 of 8, (false|null; quorum false of 8)$/)
  }
})

test('two deaths of the daemon that the process has not heard of are heard of at once, and it lives on', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const scene = new Scene(seed)
    scene.join(ringOf(4, 1, 2))
    scene.inbox.daemonDied()
    scene.inbox.daemonDied()
    scene.takeAll()
    assert.not(scene.inbox.isOrphaned, `seed ${seed}`)
  }
})

test.run()
