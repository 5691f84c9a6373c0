// Directed scenes of what section 1 of the design says: each thing that CPG does at a ring change, played by hand.

import type { TransportEvent } from '@quorate/core'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Place } from './place.ts'
import type { Action } from './scheduler.ts'
import { World } from './world.ts'

/** Three nodes in one ring, whose processes hear and send texts. */
class Scene {
  readonly world: World
  readonly #places: Place[] = []
  readonly #heard: string[][] = [[], [], []]

  constructor() {
    const start = (place: Place) => {
      this.#places[place.nodeid] = place
      return { event: (event: TransportEvent) => this.#hear(place.nodeid, event), settle() {} }
    }
    const faults = {
      queueMessagesMax: [100],
      mergeLossOneIn: 1,
      mergeLossMax: 1,
      ghostOneIn: 1,
      swarm: false,
    }
    this.world = new World({ seed: 1, nodes: 3, start, faults })
    this.all('reform')
    this.rest()
  }

  say(nodeid: number, text: string): void {
    this.#places[nodeid]?.send(new TextEncoder().encode(text))
  }

  /** Lets these nodes, or all, do this until there is nothing more of it to do. */
  all(action: Action, ...nodeids: number[]): void {
    const acting = nodeids.length > 0 ? nodeids : [1, 2, 3]
    for (let most = 20; most > 0; most--) for (const nodeid of acting) this.world.act(action, nodeid)
  }

  rest(...nodeids: number[]): void {
    for (let rounds = 3; rounds > 0; rounds--) {
      for (const action of ['sync', 'send', 'receive', 'turn'] as const) this.all(action, ...nodeids)
    }
  }

  /** Forms the ring anew with the same nodes. */
  loseToken(nodeid: number): void {
    const { statistics } = this.world
    const lost = statistics.of('ring reformed with the same nodes')
    this.world.unsettle()
    while (statistics.of('ring reformed with the same nodes') === lost) this.world.act('reform', nodeid)
    this.world.calm()
  }

  /** What the node has heard since it was last asked. */
  heard(nodeid: number): string[] {
    return this.#heard[nodeid - 1]?.splice(0) ?? []
  }

  /** As {@link heard}, the ring's views and messages alone. */
  messages(nodeid: number): string[] {
    return this.heard(nodeid).filter((line) => !line.startsWith('('))
  }

  forget(): void {
    for (const nodeid of [1, 2, 3]) this.heard(nodeid)
  }

  #hear(nodeid: number, event: TransportEvent): void {
    if (event.type === 'message') this.#heard[nodeid - 1]?.push(new TextDecoder().decode(event.bytes))
    if (event.type !== 'view') return
    const members = event.members.map((member) => member.nodeid).join('')
    this.#heard[nodeid - 1]?.push(event.cause === 'ring' ? `ring ${members}` : `(${members})`)
  }
}

test('all nodes hear all messages in one order', () => {
  const scene = new Scene()
  scene.forget()
  scene.say(1, 'a')
  scene.say(2, 'b')
  scene.rest()
  const first = scene.messages(1)
  assert.is(first.length, 2)
  assert.equal(scene.messages(2), first)
  assert.equal(scene.messages(3), first)
})

test('who is cut off delivers its own messages, and nobody else ever does', () => {
  const scene = new Scene()
  scene.forget()
  scene.world.partition([1, 2, 2])
  scene.say(1, 'alone')
  scene.rest()
  assert.equal(scene.messages(1), ['alone'])
  scene.all('reform')
  scene.rest()
  assert.equal(scene.messages(1), ['ring 1'])
  assert.equal(scene.messages(2), ['ring 23'])
})

test('past a hole only messages of those who come along are delivered', () => {
  const scene = new Scene()
  scene.forget()
  scene.world.partition([1, 2, 2])
  scene.say(1, 'hole')
  scene.all('send', 1)
  scene.say(2, 'past')
  scene.all('send', 2)
  scene.all('receive')
  scene.all('turn')
  assert.equal(scene.messages(2), [])
  scene.all('reform', 2)
  scene.rest(2, 3)
  assert.equal(scene.messages(2), ['past', 'ring 23'])
  assert.equal(scene.messages(3), ['past', 'ring 23'])
  assert.ok(scene.world.statistics.of('message delivered past a hole') > 0)
})

test('a message that waits at a ring change is ordered in the next ring; at a merge strangers lose it', () => {
  const scene = new Scene()
  scene.world.partition([1, 1, 2])
  scene.all('reform')
  scene.rest()
  scene.forget()
  scene.say(1, 'late')
  scene.say(1, 'later')
  scene.world.partition([1, 1, 1])
  scene.world.act('reform', 1)
  scene.rest()
  assert.equal(scene.messages(2), ['ring 123', 'late', 'later'])
  assert.equal(scene.messages(3), ['ring 123', 'later'])
})

test('two rings whose syncs are aborted hide who was away: the ring changes, the members do not', () => {
  const scene = new Scene()
  scene.forget()
  scene.world.partition([1, 1, 2])
  scene.say(3, 'missed')
  scene.rest(3)
  scene.world.act('reform', 1)
  scene.world.partition([1, 1, 1])
  scene.world.act('reform', 1)
  scene.loseToken(1)
  scene.rest()
  assert.equal(scene.heard(1), ['ring 123'])
  assert.equal(scene.heard(3), ['missed', 'ring 123'])
  assert.is(scene.world.statistics.of('sync aborted'), 2)
  assert.ok(scene.world.statistics.of('change hidden by aborted syncs') > 0)
})

test('a daemon that dies ends the membership of its process, which joins again with it', () => {
  const scene = new Scene()
  scene.forget()
  scene.world.cause('daemonDeath', 1)
  assert.equal(scene.world.ringOf(1), [])
  scene.say(1, 'lost')
  scene.world.calm()
  scene.all('begin', 1)
  scene.rest()
  scene.all('reform')
  scene.rest()
  assert.equal(scene.world.ringOf(1), [1, 2, 3])
  assert.is(scene.messages(2).includes('lost'), false)
  assert.ok(scene.world.isAtRest)
})

test.run()
