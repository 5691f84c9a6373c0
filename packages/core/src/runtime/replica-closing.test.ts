// From `close` to its end the channel hands over what it had accepted, and tells of room: the replica is not concerned.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Channel, Transport, TransportListener } from '../ports/transport.ts'
import { onCluster } from './cluster.test-support.ts'

const test = suite('replica that closes')

/** Takes no message once it is `full`, and has room again while it closes, as a daemon does that was busy. */
class BusyTransport implements Transport {
  full = false
  refused = 0
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  nodeid(): Promise<number> {
    return this.#transport.nodeid()
  }

  get voteLock() {
    return this.#transport.voteLock as NonNullable<Transport['voteLock']>
  }

  async join(group: string, listener: TransportListener): Promise<Channel> {
    const channel = await this.#transport.join(group, listener)
    let closing = false
    return {
      self: channel.self,
      messageBytesMax: channel.messageBytesMax,
      send: (bytes) => {
        if (closing) throw new Error('The channel was closed.')
        if (!this.full) return channel.send(bytes)
        this.refused += 1
        return false
      },
      async close() {
        closing = true
        listener({ type: 'drain' })
        await channel.close()
      },
    }
  }
}

test(
  'sends nothing of what had waited for room',
  onCluster(async (cluster) => {
    const transport = new BusyTransport(cluster.network.node(1))
    const [first] = await cluster.openAll((nodeid) => (nodeid === 1 ? { transport } : {}))
    transport.full = true
    const open = first?.submit.add(1).catch(String)
    while (transport.refused === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    await first?.close()
    assert.match(String(await open), /Closed|closed/)
  }),
)

test.run()
