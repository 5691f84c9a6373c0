// Nodes with a replica whose disk outlives it, and whose voters are the configured nodes; programs/disk-replica.ts runs
// in them.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Obstacle, QuorumPolicy, Role, Warning } from '@quorate/core'
import type { ClusterNode, CorosyncCluster } from '@quorate/testkit'
import { failureOf } from './programs/cpg-client.ts'
import { Remote } from './remote.ts'

export interface Standing {
  readonly primary: boolean
  readonly members: readonly number[]
  readonly obstacle: Obstacle | null
  readonly role: Role
  readonly voters: readonly number[]
}

const waitTimeoutMs = 20_000
const pollMs = 20
/** Longer than a round takes, with its takeovers; what is refused for so long is refused. */
const refusalMs = 1500

export class DiskReplica {
  readonly remote: Remote<Warning>
  readonly #node: ClusterNode
  readonly #policy: QuorumPolicy

  private constructor(remote: Remote<Warning>, node: ClusterNode, policy: QuorumPolicy) {
    this.remote = remote
    this.#node = node
    this.#policy = policy
  }

  static async start(node: ClusterNode, policy: QuorumPolicy): Promise<DiskReplica> {
    const replica = new DiskReplica(await Remote.start<Warning>(node, 'disk-replica'), node, policy)
    await replica.open()
    return replica
  }

  get nodeid(): number {
    return this.#node.id
  }

  /** Opens the replica with what is on its disk. */
  open(): Promise<void> {
    return this.remote.call('open', 'words', this.#policy)
  }

  /** The process ends; its daemon goes on. */
  crash(): Promise<void> {
    return this.remote.call('crash')
  }

  /** The node goes off at once: replica and daemon. This is what a fencing device does. */
  async powerOff(): Promise<void> {
    await this.#node.daemon.kill('SIGKILL')
    await this.crash()
  }

  async powerOn(): Promise<void> {
    await this.#node.daemon.start()
    await this.open()
  }

  add(word: string, deadlineMs: number = waitTimeoutMs): Promise<void> {
    return this.remote.call('add', word, deadlineMs)
  }

  read(): Promise<string> {
    return this.remote.call('read', waitTimeoutMs)
  }

  reportFenced(nodeid: number): Promise<void> {
    return this.remote.call('reportFenced', nodeid)
  }

  standing(): Promise<Standing> {
    return this.remote.call('standing')
  }

  /** How it refuses to commit and to read, once it is in a view of these: codes of errors. */
  async refuses(members: readonly number[]): Promise<(string | undefined)[]> {
    await this.until(`with ${members}`, (standing) => standing.members.join() === members.join())
    const calls = [this.add('refused', refusalMs), this.remote.call('read', refusalMs)]
    const failures = await Promise.all(calls.map(failureOf))
    return failures.map(({ code }) => code)
  }

  /** Takes part, in a view of exactly these. */
  goesOnWith(members: readonly number[]): Promise<Standing> {
    const what = `primary with ${members}`
    return this.until(what, (standing) => standing.primary && standing.members.join() === members.join())
  }

  async until(what: string, holds: (standing: Standing) => boolean): Promise<Standing> {
    const endMs = performance.now() + waitTimeoutMs
    for (;;) {
      const standing = await this.standing()
      if (holds(standing)) return standing
      if (performance.now() > endMs)
        throw new Error(`Node ${this.nodeid} is not ${what}: ${JSON.stringify(standing)}`)
      await sleep(pollMs)
    }
  }
}

/** Waits until corosync says this of the node's quorum, in a ring of exactly these. */
export async function untilQuorate(
  cluster: CorosyncCluster,
  nodeid: number,
  members: readonly number[],
  quorate: boolean,
): Promise<void> {
  const endMs = performance.now() + waitTimeoutMs
  for (;;) {
    const status = await cluster.node(nodeid).status()
    if (status?.members.join() === members.join() && status.quorate === quorate) return
    if (performance.now() > endMs) throw new Error(`Node ${nodeid}: ${JSON.stringify(status)}`)
    await sleep(pollMs)
  }
}
