// The store as a service: one replica on the corosync of this host, until SIGTERM. docs/deploy.md runs it.

import type { Server } from 'node:http'
import { openReplica } from '@quorate/core'
import { cpgTransport } from '@quorate/cpg-transport'
import { notifySystemd } from '@quorate/systemd'
import { listen, listenPrivately } from '../listen.ts'
import { untilEnd } from '../until-end.ts'
import { operatorServer, storeServer } from './http/server.ts'
import { readServeOptions, type ServeOptions } from './serve-options.ts'
import { store } from './store.ts'

async function run(options: ServeOptions): Promise<void> {
  // The voters are the nodes of corosync.conf.
  const replica = await openReplica({ machine: store, group: options.group, transport: cpgTransport() })
  const servers = [storeServer(replica), operatorServer(replica)] as const
  try {
    replica.on('warning', (warning) => console.warn(JSON.stringify(warning)))
    await open(servers, options)
    const systemd = notifySystemd(replica)
    await untilEnd(replica)
    systemd.stopping()
  } finally {
    for (const server of servers) server.close()
    // Whoever waits for an answer gets it before the connections go.
    await replica.close()
    for (const server of servers) server.closeAllConnections()
  }
}

async function open([clients, operator]: readonly [Server, Server], options: ServeOptions): Promise<void> {
  await listen(clients, options.port, options.host)
  if (options.operator !== undefined) await listenPrivately(operator, options.operator)
}

try {
  await run(readServeOptions())
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
