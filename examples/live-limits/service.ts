// One node of the service: a replica, its bounds from this node's configuration, and what all share from the leader's.

import {
  type ConfigMap,
  liveConfig,
  type ReplicatedConfigWarning,
  replicatedConfig,
  tuneReplica,
} from '@quorate/cmap-config'
import { openReplica, type Replica, type Transport } from '@quorate/core'
import { settings, tickets } from './machine.ts'

export interface ServiceOptions {
  /** The map of this node's corosync, or a file. */
  readonly map: Pick<ConfigMap, 'track'>
  readonly transport: Transport
  /** Default: the nodes of corosync.conf. */
  readonly voters?: readonly number[]
  /** How long this node's configuration is another than the group's before it is told. */
  readonly pauseMs?: number
  warning?(warning: ReplicatedConfigWarning): void
}

export interface Service {
  readonly replica: Replica<typeof tickets>
  /** The map stays open; it is not the service's. */
  close(): Promise<void>
}

export async function openService({ map, transport, voters, ...options }: ServiceOptions): Promise<Service> {
  // tickets.*: the leader's is the group's.
  const config = await liveConfig({ map, prefix: 'tickets', schema: settings })
  const replica = await openReplica({ machine: tickets, group: 'tickets', transport, voters })
  // quorate.tickets.limits.* and quorate.tickets.timeouts.*: of this node alone.
  const tuning = await tuneReplica(replica, map)
  const replicated = replicatedConfig({
    replica,
    config,
    select: (state) => state.config,
    submit: (value) => replica.submit.configure(value),
    ...options,
  })
  const close = async (): Promise<void> => {
    replicated.close()
    await Promise.all([config.close(), tuning.close(), replica.close()])
  }
  return { replica, close }
}
