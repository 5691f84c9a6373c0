// A process with one voting replica, for the test beside it. It ends when it is killed.

import { subscribe } from 'node:diagnostics_channel'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { counter } from './cluster.test-support.ts'
import { openReplica } from './open-replica.ts'

const [, , group = 'none'] = process.argv
// Without the network's own lock: that of the operating system.
const { voteLock, ...transport } = new MemoryNetwork({ nodes: [1] }).node(1)

process.removeAllListeners('warning')
subscribe('quorate:warning', (message) => console.log(`waits for ${(message as { lock: string }).lock}`))
const replica = await openReplica({ machine: counter, group, transport, voters: [1] })
await replica.ready()
console.log(voteLock === undefined ? 'has no lock to leave out' : 'holds')
setInterval(() => {}, 1000)
