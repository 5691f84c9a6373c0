// What load balancers and operators ask: may this replica be used, and what does it think of its group.

import { describeObstacle, QuorateError, type ReplicaStatus } from '@quorate/core'
import { type Answer, RequestError } from './answer.ts'
import type { Call } from './server.ts'

/**
 * GET /healthz: 200 when this replica has just read linearizably, in the time that every request has, else 503 with the
 * reason. Its standing alone would not do: between the death of a node and the end of corosync's token and consensus, which can be 8 s, the replica is
 * still part of its majority, and nothing is answered.
 */
export async function healthz({ replica, deadlineMs, gone }: Call): Promise<Answer> {
  const { status } = replica
  if (status.ended !== null)
    throw new RequestError(
      503,
      status.ended.code,
      `This replica has ended: ${status.ended.message}; restart the service`,
    )
  if (!status.primary) throw new RequestError(503, ...whyNot(status), { 'retry-after': '1' })
  await replica.read(() => {}, { deadlineMs, signal: gone }).catch(noAnswer)
  return { status: 200, body: { healthy: true } }
}

function noAnswer(error: unknown): never {
  if (!(error instanceof QuorateError) || error.code !== 'Deadline') throw error
  const message =
    'This replica takes part in a majority, and hears nothing of it: a node may have just died, which corosync ' +
    'notices after its token timeout, or the group is overloaded'
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

/** Code and message. */
function whyNot({ members, obstacle }: ReplicaStatus): [string, string] {
  const force = 'replica.force is POST /force at the socket of --operator'
  const stale = 'GET with ?stale=1 shows what it has'
  if (members.length === 0)
    return ['corosync-down', `The corosync of this host is down: systemctl start corosync. ${stale}`]
  if (obstacle === null)
    return ['no-quorum', `This replica is not part of a majority; ask /healthz of the others. ${stale}`]
  return [obstacle.reason, `This replica waits: ${describeObstacle(obstacle)}. ${force}. ${stale}`]
}
