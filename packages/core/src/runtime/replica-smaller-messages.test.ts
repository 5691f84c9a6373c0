// A node whose transport takes smaller messages than the one from which a command came: it serves joiners all the same.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { MemoryNetwork } from '../memory/memory-network.ts'
import type { Channel, Transport } from '../ports/transport.ts'
import { type CounterReplica, onCluster, until } from './cluster.test-support.ts'

const test = suite('smaller messages')

const messageBytesMax = 10_000

function smaller(network: MemoryNetwork, nodeid: number): Transport {
  const transport = network.node(nodeid)
  return {
    nodeid: () => transport.nodeid(),
    ...(transport.voteLock !== undefined && { voteLock: transport.voteLock }),
    join: async (group, listener) => limited(await transport.join(group, listener)),
  }
}

function limited(channel: Channel): Channel {
  return {
    messageBytesMax,
    get self() {
      return channel.self
    },
    send(bytes) {
      if (bytes.length > messageBytesMax) throw new RangeError(`A message of ${bytes.length} bytes`)
      return channel.send(bytes)
    },
    close: () => channel.close(),
  }
}

test(
  'a joiner gets what is larger by a snapshot',
  onCluster(
    async (cluster) => {
      const voters = [1, 2, 3]
      const transport = (nodeid: number) => ({ transport: smaller(cluster.network, nodeid), voters })
      const opened = [
        cluster.open(1, { voters }),
        cluster.open(2, transport(2)),
        cluster.open(3, transport(3)),
      ]
      const [first, second] = (await Promise.all(opened)) as [CounterReplica, CounterReplica]
      await first.ready({ deadlineMs: 5000 })
      const name = 'large'.repeat(10_000)
      await first.submit.register(name)
      await until(() => second.state.names.length === 1, 'node 2 has it')
      cluster.network.partition([[1], [2, 3, 4]])
      const learner = await cluster.open(4, { voters })
      await learner.ready({ deadlineMs: 5000 })
      assert.equal(learner.state.names, [name])
    },
    [1, 2, 3, 4],
  ),
)

test.run()
