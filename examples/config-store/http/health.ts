// What load balancers and operators ask: may this replica be used, and what does it think of its group.

import { describeObstacle, type Obstacle, type ReplicaStatus } from '@quorate/core'
import { type Answer, RequestError } from './answer.ts'
import type { Call } from './server.ts'

/** GET /healthz: 200 when this replica can commit and read linearizably, else 503 with the reason. */
export function healthz({ replica }: Call): Answer {
  const { primary, obstacle, ended } = replica.status
  if (ended !== null)
    throw new RequestError(503, ended.code, `This replica has ended: ${ended.message}; restart the service`)
  if (!primary)
    throw new RequestError(503, obstacle?.reason ?? 'no-quorum', waitsFor(obstacle), { 'retry-after': '1' })
  return { status: 200, body: { healthy: true } }
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
