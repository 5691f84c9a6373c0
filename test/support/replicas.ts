// Replicas of registers on the nodes of a cluster, each in a process of its own.

import { fileURLToPath } from 'node:url'
import type { CorosyncCluster } from '@quorate/testkit'
import { ReplicaProcess, type ReplicaSettings } from '@quorate/testkit/nemesis'

const program = fileURLToPath(new URL('../../scripts/nemesis/replica.ts', import.meta.url))
const voters = [1, 2, 3]

export interface StartOptions extends Partial<ReplicaSettings> {
  /** Another program that calls `serveReplica`. */
  readonly program?: string
}

/** Starts a replica on a node; the nodes 1, 2 and 3 vote. */
export function startReplica(
  cluster: CorosyncCluster,
  nodeid: number,
  { program: own = program, ...settings }: StartOptions = {},
): ReplicaProcess {
  return new ReplicaProcess(cluster.node(nodeid), {
    program: own,
    settings: { group: 'registers', voters, ...settings },
  })
}

/** On a busy machine processes take long to start. */
const currentTimeoutMs = 60_000

/** Waits until each of these takes part in a group of exactly these. */
export async function allCurrent(replicas: readonly ReplicaProcess[]): Promise<void> {
  const members = replicas.map(({ nodeid }) => nodeid).sort((a, b) => a - b)
  const what = `current with ${members}`
  await Promise.all(
    replicas.map((replica) =>
      replica.waitForStanding(
        what,
        (s) => s.primary && s.members.join() === members.join(),
        currentTimeoutMs,
      ),
    ),
  )
}

/** What each replica holds, once each has all that is committed: one text, when they agree. */
export async function digests(replicas: readonly ReplicaProcess[]): Promise<string[]> {
  return [...new Set(await Promise.all(replicas.map(digestOf)))]
}

/** One that was stopped until now has yet to hear what it has missed: on a busy machine it is for seconds in no view. */
async function digestOf(replica: ReplicaProcess): Promise<string> {
  const endMs = performance.now() + 20_000
  for (;;) {
    try {
      return await replica.order('digest', { deadlineMs: 10_000 })
    } catch (error) {
      const isBehind = (error as Error).message.includes('Nothing can be committed here')
      if (!isBehind || performance.now() > endMs) throw error
    }
  }
}
