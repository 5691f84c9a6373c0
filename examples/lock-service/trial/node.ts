// One node of the service as a process of a node that runs corosync, started by the trial, which hands it its listening
// socket.

import { once } from 'node:events'
import type { Server } from 'node:net'
import { cpgTransport } from '@quorate/cpg-transport'
import { openNode } from '../server/node.ts'

// Ctrl-C at the terminal reaches this process too; the trial ends it when it is done.
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit())

const { app } = await openNode({
  ...{ group: 'lock-service', transport: cpgTransport() },
  ...{ map: null, prefix: '' },
})
process.send?.('ready')
const [, listener] = (await once(process, 'message')) as [string, Server]
app.server.listen(listener)
