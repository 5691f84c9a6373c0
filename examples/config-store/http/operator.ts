// POST /force: the operator's word, where the rules wait for a node that will not come back; see `replica.force`. The
// answer is what became of it, since whoever is called at night must not have to look for that.

import { describeObstacle, type ForceOrder, type Obstacle, QuorateError } from '@quorate/core'
import type { StoreReplica } from '../store.ts'
import { type Answer, RequestError } from './answer.ts'
import { readValue } from './request.ts'
import type { Call } from './server.ts'

/** The body is an order, such as `{"missing": [3]}`. */
export async function force({ replica, deadlineMs, request }: Call): Promise<Answer> {
  const order = parse(await readValue(request))
  const obstacle = await outcomeOf(replica, order, deadlineMs).catch(explain)
  if (obstacle !== null)
    throw new RequestError(409, obstacle.reason, `Nothing is forced: ${describeObstacle(obstacle)}`)
  const { members, voters } = replica.status
  return { status: 200, body: { primary: true, members, voters } }
}

function parse(text: string): ForceOrder {
  try {
    return JSON.parse(text)
  } catch {
    throw new RequestError(
      400,
      'bad-order',
      `The body must be JSON, such as {"missing": [3]}, and is '${text}'`,
    )
  }
}

/** `null`: the replica takes part in a primary view; else what is in the way. */
async function outcomeOf(
  replica: StoreReplica,
  order: ForceOrder,
  deadlineMs: number,
): Promise<Obstacle | null> {
  const ends: (() => void)[] = []
  try {
    return await new Promise((resolve, reject) => {
      ends.push(replica.on('primary', () => resolve(null)))
      // Without an obstacle it only says that there is no epoch yet.
      ends.push(replica.on('no-quorum', ({ obstacle }) => obstacle !== null && resolve(obstacle)))
      const timer = setTimeout(() => reject(undecided(deadlineMs)), deadlineMs)
      ends.push(() => clearTimeout(timer))
      replica.force(order)
    })
  } finally {
    for (const end of ends) end()
  }
}

/** An order holds for one round, and another replica's may come in between (docs/protocol.md, 15). */
function undecided(deadlineMs: number): RequestError {
  const message = `Nothing came of the order within ${deadlineMs} ms: give it again while /healthz says the same`
  return new RequestError(504, 'undecided', message)
}

/** A wrong order is the caller's mistake here, and not this program's. */
function explain(error: unknown): never {
  if (error instanceof QuorateError && error.code === 'BadOption')
    throw new RequestError(400, 'bad-order', error.message)
  throw error
}
