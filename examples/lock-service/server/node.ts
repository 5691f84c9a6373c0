// One node of the service: a replica, its bounds from this node's configuration, what all share from the leader's, and
// the HTTP interface.

import {
  type ConfigMap,
  type LiveConfig,
  liveConfig,
  type ReplicatedConfig,
  type ReplicatedConfigWarning,
  replicatedConfig,
  tuneReplica,
} from '@quorate/cmap-config'
import { openReplica, type Storage, type Transport } from '@quorate/core'
import { type Config, config } from '../machine/config.ts'
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
  const opened: Closable[] = []
  const close = async (): Promise<void> => {
    for (const each of opened.splice(0).reverse()) await each.close()
  }
  try {
    return { ...(await open(options, opened)), close }
  } catch (error) {
    await close()
    throw error
  }
}

interface Closable {
  close(): unknown
}

/** @param opened is given what is to be closed, in this order */
async function open(options: NodeOptions, opened: Closable[]): Promise<Omit<LockNode, 'close'>> {
  const { group, transport, voters, storage, map, prefix } = options
  const keep = <T extends Closable>(each: T): T => {
    opened.push(each)
    return each
  }
  // Before the replica, which may have to wait: a configuration that cannot be read is told at once.
  const shared = map && keep(await liveConfig({ map, prefix, schema: config }))
  const http = map && keep(await liveConfig({ map, prefix: `${prefix}http.`, schema: httpLimits }))
  const replica = keep(await openReplica({ machine: locks, group, transport, voters, storage }))
  if (map !== null) keep(await tuneReplica(replica, map, { prefix }))
  if (shared !== null) keep(share(replica, shared, options))
  const limits = (): HttpLimits => http?.value ?? defaultHttpLimits
  const { app, service } = await lockApp({ ...options, replica, limits })
  keep(app)
  return { replica, app, service }
}

/** Brings the configuration to the group while this replica leads. */
const share = (
  replica: LockReplica,
  own: LiveConfig<Config>,
  { warning }: Pick<NodeOptions, 'warning'>,
): ReplicatedConfig =>
  replicatedConfig({
    ...{ replica, config: own, ...(warning && { warning }) },
    select: (state) => state.config,
    submit: (value) => replica.submit.configure(value),
  })
