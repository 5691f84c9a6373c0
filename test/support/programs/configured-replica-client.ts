// The test's side of programs/configured-replica.ts.

import { setTimeout as sleep } from 'node:timers/promises'
import type { CmapChanges } from '@quorate/cmap-config'
import type { ClusterNode } from '@quorate/testkit'
import { Remote } from '../remote.ts'
import type { Shared } from './configured-replica.ts'

export type ConfiguredReplicaEvent =
  /** The group has taken it, at this index. */
  | { type: 'configured'; index: number; config: Shared }
  /** What the node's daemon says has changed. */
  | { type: 'own'; cause: CmapChanges['cause']; config: Shared }
  | { type: 'submitted'; config: Shared }
  | { type: 'tuned'; changed: readonly string[] }
  | { type: 'process-warning'; message: string; code: string }
  | { type: 'equal' }

type EventOf<Type> = Extract<ConfiguredReplicaEvent, { type: Type }>

interface Standing {
  readonly leader: number | undefined
  readonly primary: boolean
  readonly members: readonly number[]
  readonly applied: number
}

/** How long a difference lasts before it is told. */
export const pauseMs = 500
const waitTimeoutMs = 30_000

/** A replica in a node, with its daemon's configuration. */
export class ConfiguredReplica {
  readonly node: ClusterNode
  readonly remote: Remote<ConfiguredReplicaEvent>

  private constructor(node: ClusterNode, remote: Remote<ConfiguredReplicaEvent>) {
    this.node = node
    this.remote = remote
  }

  /** Others must be started, too: it takes a majority until it is open. */
  static async start(node: ClusterNode): Promise<ConfiguredReplica> {
    const remote = await Remote.start<ConfiguredReplicaEvent>(node, 'configured-replica')
    await remote.call('open', pauseMs)
    return new ConfiguredReplica(node, remote)
  }

  /** All events of a type so far. */
  of<Type extends ConfiguredReplicaEvent['type']>(type: Type): EventOf<Type>[] {
    return this.remote.events.filter((event): event is EventOf<Type> => event.type === type)
  }

  /** Waits until there are so many of a type, and returns all of it. */
  async told<Type extends ConfiguredReplicaEvent['type']>(
    type: Type,
    count: number,
  ): Promise<EventOf<Type>[]> {
    await this.remote.waitFor(`${count} × ${type}`, () => this.of(type).length >= count, waitTimeoutMs)
    return this.of(type)
  }

  /** What the node has told of its own value being another than the group's. */
  get differences(): string[] {
    const told = this.of('process-warning').filter(({ code }) => code === 'QUORATE_CONFIG_DIFFERS')
    return told.map(({ message }) => message)
  }

  /** Waits until the last of them is this. */
  async tellsLast(difference: string): Promise<void> {
    await this.remote.waitFor(difference, () => this.differences.at(-1) === difference, waitTimeoutMs)
  }

  /** Waits until the end of the last of them was told. */
  async tellsNoMore(): Promise<void> {
    const isTold = ({ type }: ConfiguredReplicaEvent): boolean =>
      type === 'process-warning' || type === 'equal'
    await this.remote.waitFor('that it is equal', (events) => events.filter(isTold).at(-1)?.type === 'equal')
  }

  standing(): Promise<Standing> {
    return this.remote.call('standing')
  }

  /** The node's own value of what all share. */
  set(limit: number): Promise<void> {
    return this.tool('-s', 'service.limit', 'u32', `${limit}`)
  }

  /** corosync-cmapctl, as an operator uses it: on this node alone. */
  async tool(...args: string[]): Promise<void> {
    const { code, stderr } = await this.node.exec('corosync-cmapctl', args)
    if (code !== 0) throw new Error(`corosync-cmapctl ${args.join(' ')} failed: ${stderr}`)
  }
}

/** Waits until all these, and no others, take part and name one leader: that replica, and the others. */
export async function rolesOf(
  replicas: readonly ConfiguredReplica[],
): Promise<{ leader: ConfiguredReplica; others: readonly ConfiguredReplica[] }> {
  for (const endMs = performance.now() + waitTimeoutMs; ; await sleep(20)) {
    const standings = await Promise.all(replicas.map((replica) => replica.standing()))
    const leaderOf = ({ primary, members, leader }: Standing): number | undefined =>
      primary && members.length === replicas.length ? leader : undefined
    const [named, ...more] = new Set(standings.map(leaderOf))
    const leader = replicas.find(({ node }) => node.id === named)
    if (leader !== undefined && more.length === 0)
      return { leader, others: replicas.filter((replica) => replica !== leader) }
    if (performance.now() > endMs) throw new Error(`They name no leader: ${JSON.stringify(standings)}`)
  }
}
