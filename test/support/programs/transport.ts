// A process with channels of the CPG transport, steered by the test.

import type { Channel } from '@quorate/core'
import { type CpgTransportOptions, cpgTransport } from '@quorate/cpg-transport'
import { report, serve } from '../serve.ts'

const channels = new Map<string, Channel>()

function channel(name: string): Channel {
  const found = channels.get(name)
  if (found === undefined) throw new Error(`No channel ${name}`)
  return found
}

serve({
  async join(name: string, group: string, options: CpgTransportOptions = {}) {
    const joined = await cpgTransport(options).join(group, (event) => report({ name, event }))
    channels.set(name, joined)
    return { self: joined.self, messageBytesMax: joined.messageBytesMax }
  },
  send: (name: string, bytes: Uint8Array) => channel(name).send(bytes),
  close: (name: string) => channel(name).close(),
})
