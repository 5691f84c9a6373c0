// What load balancers and operators ask: may this replica be used, and what does it think of its group.

import { describeObstacle, type Obstacle, QuorateError, type ReplicaStatus } from '@quorate/core'
import { type Answer, RequestError } from './answer.ts'
import type { Call } from './server.ts'

/** Longer than a loaded group takes, and shorter than load balancers wait. */
const proofMs = 1000

/**
 * GET /healthz: 200 when this replica has just read linearizably, else 503 with the reason. Its standing alone would
 * not do: between the death of a node and the end of corosync's token and consensus, which can be 8 s, the replica is
 * still part of its majority, and nothing is answered.
 */
export async function healthz({ replica, gone }: Call): Promise<Answer> {
  const { primary, obstacle, ended } = replica.status
  if (ended !== null)
    throw new RequestError(503, ended.code, `This replica has ended: ${ended.message}; restart the service`)
  if (!primary)
    throw new RequestError(503, obstacle?.reason ?? 'no-quorum', waitsFor(obstacle), { 'retry-after': '1' })
  await replica.read(() => {}, { deadlineMs: proofMs, signal: gone }).catch(tooSlow)
  return { status: 200, body: { healthy: true } }
}

function tooSlow(error: unknown): never {
  if (!(error instanceof QuorateError) || error.code !== 'Deadline') throw error
  const message =
    `This replica takes part in a majority, and has waited ${proofMs} ms for its answer: a node may have just died, ` +
    'which corosync notices after its token timeout, or the group is overloaded'
  throw new RequestError(503, 'no-answer', message, { 'retry-after': '1' })
}

/** GET /status */
export function status({ replica }: Call): Answer {
  const { revision, entries } = replica.state
  return { status: 200, body: { ...plain(replica.status), revision, keys: entries.size } }
}

/** As JSON can say it. */
function plain(status: ReplicaStatus): object {
  const { leader, ended, ...rest } = status
  return {
    ...rest,
    leader: leader && { ...leader, fencingToken: String(leader.fencingToken) },
    ended: ended && { code: ended.code, message: ended.message },
  }
}

function waitsFor(obstacle: Obstacle | null): string {
  const what =
    obstacle === null ? 'it is not part of a majority yet; see /status' : describeObstacle(obstacle)
  return `This replica waits: ${what}. GET with ?stale=1 shows what it has`
}
