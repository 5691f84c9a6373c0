// The tour itself, told by requests to the nodes: what a replicated store does that a single one cannot, and what it
// refuses to do.

import { createHash } from 'node:crypto'
import { nodes, type Stage } from '../../stage/stage.ts'
import type { Change } from './changes.ts'
import type { Tell } from './narrator.ts'
import { Visitor } from './visitor.ts'

/**
 * Takes the tour; `signal` ends it early.
 *
 * @throws {Error} a node does not do what the tour shows, within a minute; the message says what it does instead
 */
export async function takeTour(stage: Stage, tell: Tell, signal: AbortSignal): Promise<void> {
  const visitor = new Visitor(stage, tell, signal)
  tell({ event: 'stage', stage: stage.name })
  await visitor.until(nodes, true)
  for (const chapter of [commands, race, lease, crash, partition, end]) await chapter(visitor)
}

async function commands(visitor: Visitor): Promise<void> {
  visitor.chapter('Each replica takes commands; a read on any of them sees what was confirmed on another:')
  await visitor.ask(1, 'PUT /keys/app/colour', { value: 'blue' })
  await visitor.ask(2, 'PUT /keys/app/size', { value: '10' })
  await visitor.ask(3, 'GET /keys?prefix=app/')
}

async function race(visitor: Visitor): Promise<void> {
  visitor.chapter(
    'Two clients change one key at the same time, each if it is still what it has read; one wins:',
  )
  const { body } = await visitor.askQuietly(1, 'GET /keys/app/colour')
  const headers = { 'If-Match': `"${body.version}"` }
  await Promise.all([
    visitor.ask(2, 'PUT /keys/app/colour', { value: 'green', headers }),
    visitor.ask(3, 'PUT /keys/app/colour', { value: 'red', headers }),
  ])
}

async function lease(visitor: Visitor): Promise<void> {
  visitor.chapter(
    'A lock is a key that nobody else has created, for a time; all replicas end it in the same moment:',
  )
  const watched = visitor.watch(3, 'locks/')
  await watched.next()
  const create = { 'If-None-Match': '*' }
  await visitor.ask(1, 'PUT /keys/locks/backup?ttlMs=1000', { value: 'ann', headers: create })
  await visitor.ask(2, 'PUT /keys/locks/backup?ttlMs=1000', { value: 'bob', headers: create })
  await tellUntilDeleted(visitor, watched)
  await visitor.ask(2, 'PUT /keys/locks/backup', { value: 'bob', headers: create })
}

async function tellUntilDeleted(visitor: Visitor, watched: AsyncIterable<Change>): Promise<void> {
  for await (const { change, data } of watched) {
    if (change !== 'current') visitor.tell({ event: 'change', node: 3, change, data })
    if (change === 'delete') return
  }
}

const missed = 200

async function crash(visitor: Visitor): Promise<void> {
  visitor.chapter('Node 3 crashes, with all that it had in memory; the others are a majority and go on:')
  await visitor.stage.crash(3)
  await visitor.until([1, 2], true)
  for (let i = 1; i <= missed; i++)
    await visitor.askQuietly(1 + (i % 2), `PUT /keys/jobs/${i}`, { value: `by node ${1 + (i % 2)}` })
  visitor.note(`nodes 1 and 2 have put ${missed} keys meanwhile`)
  const startMs = performance.now()
  await visitor.stage.restart(3)
  await visitor.until([3], true)
  visitor.note(
    `node 3 is back, and current ${Math.round(performance.now() - startMs)} ms after its start; from its own state:`,
  )
  await visitor.ask(3, `GET /keys/jobs/${missed}?stale=1`)
}

async function partition(visitor: Visitor): Promise<void> {
  visitor.chapter('The network splits: node 1 is alone, and refuses rather than answer from an old state:')
  await visitor.stage.partition([[1], [2, 3]])
  await visitor.until([1], false)
  await visitor.until([2, 3], true)
  await visitor.ask(2, 'PUT /keys/app/size', { value: '20' })
  await visitor.ask(1, 'PUT /keys/app/size', { value: '30' })
  await visitor.ask(1, 'GET /keys/app/size')
  visitor.note('only who asks for it gets the old state:')
  await visitor.ask(1, 'GET /keys/app/size?stale=1')
  await visitor.stage.heal()
  await visitor.until(nodes, true)
  visitor.note('the network is whole again, and node 1 has caught up:')
  await visitor.ask(1, 'GET /keys/app/size')
}

/** Each node's own contents, once it has all that was confirmed: a linearizable read waits for that. */
async function end(visitor: Visitor): Promise<void> {
  const answers = await Promise.all(nodes.map((node) => visitor.askQuietly(node, 'GET /keys?prefix=')))
  const digests = answers.map(({ body }) =>
    createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 12),
  )
  visitor.tell({ event: 'end', revision: answers[0]?.body.revision ?? 0, digests })
  if (new Set(digests).size > 1) process.exitCode = 1
}
