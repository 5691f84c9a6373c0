// A program to be killed: starts a cluster with all that can be left behind, prints "up", and waits until its stdin closes.

import { CorosyncCluster } from '@quorate/testkit'

const cluster = await CorosyncCluster.start({ nodes: 2 })
await cluster.impair({ delayMs: 1 })
cluster.node(1).spawn('sleep', ['1000'])
// A program whose own child outlives it.
await cluster.node(2).exec('sh', ['-c', 'sleep 1000 >/dev/null 2>&1 &'])
console.log('up')
process.stdin.resume()
