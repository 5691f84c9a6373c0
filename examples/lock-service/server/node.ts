// One node of the service: a replica, its bounds from this node's configuration, what all share from the leader's, and
// the HTTP interface.

import {
  type ConfigMap,
  liveConfig,
  type ReplicatedConfigWarning,
  replicatedConfig,
  tuneReplica,
} from '@quorate/cmap-config'
import { openReplica, type Storage, type Transport } from '@quorate/core'
import { config } from '../machine/config.ts'
import { type LockReplica, locks } from '../machine/machine.ts'
import { type AppOptions, type LockApp, lockApp } from './app.ts'
import { defaultHttpLimits, type HttpLimits, httpLimits } from './http-limits.ts'

export interface NodeOptions extends Pick<AppOptions, 'tokens' | 'tls' | 'logs'> {
  readonly group: string
  readonly transport: Transport
  /** Default: the nodes of corosync.conf. */
  readonly voters?: readonly number[]
  readonly storage?: Storage
  /** The map of this node's corosync, or a file; it is not closed with the node. `null`: all is as by default. */
  readonly map: Pick<ConfigMap, 'track'> | null
  /** Of the service's keys in the map. */
  readonly prefix: string
  warning?(warning: ReplicatedConfigWarning): void
}

export interface LockNode extends LockApp {
  readonly replica: LockReplica
  /** Who waits is answered, then the replica leaves. */
  close(): Promise<void>
}

/** Its application is not listening yet. */
export async function openNode(options: NodeOptions): Promise<LockNode> {
  const { group, transport, voters, storage, map, prefix } = options
  // Before the replica, which may have to wait: a configuration that cannot be read is told at once.
  const shared = map && (await liveConfig({ map, prefix, schema: config }))
  const http = map && (await liveConfig({ map, prefix: `${prefix}http.`, schema: httpLimits }))
  const replica = await openReplica({ machine: locks, group, transport, voters, storage })
  const tuning = map && (await tuneReplica(replica, map, { prefix }))
  const follower =
    shared &&
    replicatedConfig({
      ...{ replica, config: shared },
      select: (state) => state.config,
      submit: (value) => replica.submit.configure(value),
      ...(options.warning && { warning: options.warning }),
    })
  const limits = (): HttpLimits => http?.value ?? defaultHttpLimits
  const { app, service } = await lockApp({ ...options, replica, limits })
  const close = async (): Promise<void> => {
    await app.close()
    follower?.close()
    await Promise.all([shared?.close(), http?.close(), tuning?.close(), replica.close()])
  }
  return { replica, app, service, close }
}
