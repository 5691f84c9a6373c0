// One replica as a process of a node that runs corosync, started by the tour, which hands it its listening socket.

import { once } from 'node:events'
import type { Server } from 'node:net'
import { openReplica } from '@quorate/core'
import { cpgTransport } from '@quorate/cpg-transport'
import { nodes } from '../../stage/stage.ts'
import { storeServer } from '../http/server.ts'
import { store } from '../store.ts'

// Ctrl-C at the terminal reaches this process too; the tour ends it when it is done.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit())

const replica = await openReplica({
  machine: store,
  group: 'config-store',
  transport: cpgTransport(),
  voters: nodes,
})
process.send?.('ready')
const [, listener] = (await once(process, 'message')) as [string, Server]
storeServer(replica).listen(listener)
