// A program of its own, run in a node of a cluster: a replica on the node's corosync, led by its parent.

import { cpgTransport } from '@quorate/cpg-transport'
import { serveReplica } from '@quorate/testkit/nemesis'

await serveReplica(({ packBytesMax }) => cpgTransport(packBytesMax === undefined ? {} : { packBytesMax }))
