// A daemon that comes back with another node id makes its replica another member: it may not go on with what it has.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Transport, TransportListener } from '../ports/transport.ts'
import { type CounterReplica, onCluster } from './cluster.test-support.ts'

const test = suite('replica whose node has another id')

/** Hands out the listener of the channel that it joins. */
class Tapped implements Transport {
  listener: TransportListener = () => {}
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  nodeid(): ReturnType<Transport['nodeid']> {
    return this.#transport.nodeid()
  }

  get voteLock(): NonNullable<Transport['voteLock']> {
    return this.#transport.voteLock as NonNullable<Transport['voteLock']>
  }

  join(group: string, listener: TransportListener): ReturnType<Transport['join']> {
    this.listener = listener
    return this.#transport.join(group, listener)
  }
}

test(
  'it stops and leaves: its vote and its storage are those of the node that was',
  onCluster(async (cluster) => {
    const tapped = new Tapped(cluster.network.node(1))
    const [first] = (await cluster.openAll((nodeid) => (nodeid === 1 ? { transport: tapped } : {}))) as [
      CounterReplica,
    ]
    const stopped = first.once('stopped')
    const { self } = first.status
    tapped.listener({ type: 'down', error: new Error('the daemon has died') })
    tapped.listener({ type: 'up', self })
    assert.is(first.status.ended, null)
    tapped.listener({ type: 'down', error: new Error('the daemon has died') })
    tapped.listener({ type: 'up', self: { ...self, nodeid: 2 } })
    assert.match((await stopped).error.message, /on node 1 .* has joined again as 2: open the replica again/)
    assert.is(first.status.self.nodeid, 1)
  }),
)

test.run()
