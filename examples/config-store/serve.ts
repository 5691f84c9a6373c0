// The store as a service: one replica on the corosync of this host, until SIGTERM. docs/deploy.md runs it.

import { parseArgs } from 'node:util'
import { openReplica } from '@quorate/core'
import { cpgTransport } from '@quorate/cpg-transport'
import { notifySystemd } from '@quorate/systemd'
import { storeServer } from './http/server.ts'
import { store } from './store.ts'

const { values } = parseArgs({
  options: {
    group: { type: 'string', default: 'config-store' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8080' },
  },
})

// The voters are the nodes of corosync.conf.
const replica = await openReplica({ machine: store, group: values.group, transport: cpgTransport() })
const systemd = notifySystemd(replica)
const server = storeServer(replica).listen(Number(values.port), values.host)

async function close(): Promise<void> {
  systemd.stopping()
  server.close()
  await replica.close()
  server.closeAllConnections()
}

process.once('SIGTERM', () => void close())
process.once('SIGINT', () => void close())
replica.on('warning', (warning) => console.warn(JSON.stringify(warning)))
replica.on('stopped', ({ error }) => {
  console.error(error.message)
  process.exitCode = 1
  void close()
})
