// A process with one channel of the CPG transport, steered by the test.

import type { Channel } from '@quorate/core'
import { type CpgTransportOptions, cpgTransport } from '@quorate/cpg-transport'
import { report, serve } from '../serve.ts'

let channel: Channel | undefined

function joined(): Channel {
  if (channel === undefined) throw new Error('Not joined')
  return channel
}

serve({
  async join(group: string, options: CpgTransportOptions = {}) {
    channel = await cpgTransport(options).join(group, report)
    return { self: channel.self, messageBytesMax: channel.messageBytesMax }
  },
  /** Sends until one is refused; returns how many were accepted. */
  send(messages: readonly Uint8Array[]) {
    const refused = messages.findIndex((bytes) => !joined().send(bytes))
    return refused === -1 ? messages.length : refused
  },
  close: () => joined().close(),
})
