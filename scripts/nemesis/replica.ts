// A program of its own, run in a node of a cluster: a replica on the node's corosync, led by its parent.

import { cpgTransport } from '@quorate/cpg-transport'
import { openLmdbStorage } from '@quorate/lmdb-storage'
import { serveReplica } from '@quorate/testkit/nemesis'

await serveReplica(async ({ packBytesMax, storagePath: path }) => ({
  transport: cpgTransport(packBytesMax === undefined ? {} : { packBytesMax }),
  ...(path !== undefined && { storage: await openLmdbStorage({ path }) }),
}))
