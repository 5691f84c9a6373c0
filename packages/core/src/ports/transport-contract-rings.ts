// Cases of the contract: partitions, merges and the death of a daemon.

import assert from 'node:assert/strict'
import { memberKey, messageKey, ringKey } from './transport-contract-log.ts'
import { numbered } from './transport-contract-messages.ts'
import type { Scene, Stage } from './transport-contract-stage.ts'
import type { Witness } from './transport-contract-witness.ts'

type Three = readonly [Witness, Witness, Witness]

const loadMessages = 300

/** Need `partition`. */
export const partitionScenes: readonly Scene[] = [
  ['both sides of a partition see it and go on; a merge shows everybody again', isolation],
  ['each ring change ends with a view of the new ring, the same for all; no ring comes back', ringIds],
  ['quorum is told for each ring: yes for the majority, no for the minority', quorum],
  ['logs stay consistent when a partition and a merge hit members that send', partitionUnderLoad],
]

/** Need `restart`. */
export const restartScenes: readonly Scene[] = [
  ['when a daemon dies its members hear down, then up and a first view, and messages go again', daemonDeath],
  ['a send refused while the daemon is dead is followed by drain when it is back', sendWhileDown],
]

async function cutOffFirst(stage: Stage, [a, b, c]: Three): Promise<void> {
  await stage.cluster.partition?.([[stage.node(1)], [stage.node(2), stage.node(3)]])
  await a.untilMembers([a])
  for (const witness of [b, c]) await witness.untilMembers([b, c])
}

async function merge(stage: Stage, three: Three): Promise<void> {
  await stage.cluster.heal?.()
  for (const witness of three) await witness.untilMembers(three)
  await inOneRing(three)
}

/** The view of the new ring follows those of its members. */
async function inOneRing(witnesses: readonly Witness[]): Promise<void> {
  for (const witness of witnesses) {
    await witness.until('the ring that the others are in', () => {
      const rings = witnesses.map(({ view }) => (view === undefined ? 'none' : ringKey(view.ring)))
      return witness.view?.cause === 'ring' && rings.every((ring) => ring === rings[0])
    })
  }
}

async function everybodySends(witnesses: readonly Witness[], label: string): Promise<void> {
  for (const witness of witnesses) await witness.sendAll(numbered(`${label} ${memberKey(witness.self)}`, 10))
  for (const witness of witnesses) for (const sender of witnesses) await witness.untilLastOf(sender)
}

async function isolation(stage: Stage): Promise<void> {
  const three = await stage.joinThree()
  await everybodySends(three, 'together')
  await cutOffFirst(stage, three)
  await everybodySends(three.slice(0, 1), 'cut off')
  await everybodySends(three.slice(1), 'majority')
  await merge(stage, three)
  await everybodySends(three, 'merged')
  const [a, b] = three
  const own = new Set(a.sent.slice(10, 20))
  const leaked = b.messages.filter(({ bytes }) => own.has(messageKey(bytes)))
  assert.equal(
    leaked.length,
    0,
    `The other side must not deliver what was ordered beyond the cut; ${b.describe()}`,
  )
}

async function ringIds(stage: Stage): Promise<void> {
  const three = await stage.joinThree()
  const rings: string[] = [ringKeyOf(three[0])]
  for (let round = 0; round < 2; round++) {
    await cutOffFirst(stage, three)
    await inOneRing(three.slice(0, 1))
    await inOneRing(three.slice(1))
    rings.push(ringKeyOf(three[0]), ringKeyOf(three[1]))
    await merge(stage, three)
    rings.push(ringKeyOf(three[0]))
  }
  assert.equal(
    new Set(rings).size,
    rings.length,
    `Every ring must have an id of its own; seen: ${rings.join(', ')}`,
  )
}

function ringKeyOf({ view }: Witness): string {
  return view === undefined ? 'none' : ringKey(view.ring)
}

async function quorum(stage: Stage): Promise<void> {
  const three = await stage.joinThree()
  for (const witness of three) await witness.until('a quorate ring', () => witness.quorate === true)
  const [a, b, c] = three
  const before = a.events.length
  await cutOffFirst(stage, three)
  await inOneRing(three.slice(0, 1))
  await inOneRing(three.slice(1))
  await a.until('its ring without quorum', () => a.quorate === false)
  for (const witness of [b, c]) await witness.until('its ring with quorum', () => witness.quorate === true)
  const misled = a.events
    .slice(before)
    .find((event) => event.type === 'view' && event.members.length === 1 && event.quorate)
  assert.equal(
    misled,
    undefined,
    `A member that is alone is never quorate, not even while the ring changes; ${a.describe()}`,
  )
  await merge(stage, three)
  for (const witness of three) await witness.until('a quorate ring again', () => witness.quorate === true)
}

async function partitionUnderLoad(stage: Stage): Promise<void> {
  const three = await stage.joinThree()
  const load = (label: string) =>
    Promise.all(three.map((it) => it.sendAll(numbered(`${label} ${memberKey(it.self)}`, loadMessages, 500))))
  let sending = load('before')
  await cutOffFirst(stage, three)
  await sending
  sending = load('apart')
  await merge(stage, three)
  await sending
  for (const witness of three) await witness.untilLastOf(witness)
  for (const witness of three) {
    const own = witness.messages.filter(({ from }) => memberKey(from) === memberKey(witness.self))
    assert.equal(own.length, 2 * loadMessages, `${memberKey(witness.self)} must deliver its own, each once`)
  }
}

async function daemonDeath(stage: Stage): Promise<void> {
  const three = await stage.joinThree()
  const [a, b, c] = three
  await everybodySends(three, 'before')
  await stage.cluster.stopDaemon?.(stage.node(2))
  await b.until('down', () => b.has('down'))
  for (const witness of [a, c]) await witness.untilMembers([a, c])
  await everybodySends([a, c], 'without')
  await stage.cluster.startDaemon?.(stage.node(2))
  await b.until('up', () => b.has('up'))
  const revived = { self: b.events.find((event) => event.type === 'up')?.self ?? b.self }
  for (const witness of three) await witness.untilMembers([a, revived, c])
  await everybodySends(three, 'again')
}

async function sendWhileDown(stage: Stage): Promise<void> {
  const witness = await stage.join(2)
  await stage.cluster.stopDaemon?.(stage.node(2))
  await witness.until('down', () => witness.has('down'))
  const downAt = witness.events.length
  const accepted = await witness.offer(numbered('down', 1))
  assert.equal(accepted, 0, 'A send must be refused while the membership is down')
  await stage.cluster.startDaemon?.(stage.node(2))
  await witness.until('drain', () => witness.has('drain', downAt))
  await everybodySends([witness], 'up')
}
