// Do nodes agree on their ring? Each is asked for itself: what one side of a partition believes says nothing about
// the other side.

import type { ClusterNode } from './node.ts'
import { describeRingStatus, type RingStatus } from './ring-status.ts'
import { waitFor } from './wait.ts'

/** A state of some nodes to wait for. */
export interface RingWait {
  /** Completes the sentence "Waited … for". */
  readonly what: string
  readonly nodes: readonly ClusterNode[]
  readonly timeoutMs: number
  /** Whether this is it; `undefined` stands for a node that does not answer. */
  readonly holds: (statuses: readonly (RingStatus | undefined)[]) => boolean
}

/**
 * Asks the nodes until `holds`, and returns the answers for which it does.
 *
 * @throws {Error} not within `timeoutMs`; holds each node's last answer and the end of its log
 */
export function waitForRings({ what, nodes, timeoutMs, holds }: RingWait): Promise<readonly RingStatus[]> {
  let statuses: readonly (RingStatus | undefined)[] = []
  return waitFor({
    what,
    timeoutMs,
    // A question costs a process per node; more of them would slow down what is awaited.
    intervalMs: 100,
    look: async () => {
      statuses = await Promise.all(nodes.map((node) => node.status()))
      return holds(statuses) ? statuses.filter((status) => status !== undefined) : undefined
    },
    seen: () => nodes.map((node, index) => describeNode(node, statuses[index])).join('\n'),
  })
}

/** True when all answers name one ring, of exactly these members. */
export function isRingOf(statuses: readonly (RingStatus | undefined)[], members: readonly number[]): boolean {
  const wanted = [...members].sort((a, b) => a - b).join(' ')
  const ringId = statuses[0]?.ringId
  return statuses.every((status) => status?.ringId === ringId && status?.members.join(' ') === wanted)
}

function describeNode(node: ClusterNode, status: RingStatus | undefined): string {
  const daemon = node.daemon.running ? describeRingStatus(status) : 'its daemon is not running'
  return `node${node.id}: ${daemon}. The last lines of its log:\n${node.logTail()}`
}
