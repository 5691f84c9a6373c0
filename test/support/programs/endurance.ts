// Joins and closes again and again, or lives through its daemon's deaths, and tells what this process holds.

import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Channel, TransportEvent } from '@quorate/core'
import { nativeCallbackCount } from '@quorate/corosync-ffi'
import { cpgTransport } from '@quorate/cpg-transport'
import { report, serve } from '../serve.ts'

const transport = cpgTransport()
let channel: Channel | undefined

serve({
  async cycles(count: number) {
    for (let i = 0; i < count; i++) {
      let seen = 0
      const joined = await transport.join('endurance', () => seen++)
      while (seen === 0) await sleep(0)
      joined.send(Buffer.from('x'))
      await joined.close()
    }
  },
  async join() {
    channel = await transport.join('endurance', (event: TransportEvent) => report(event))
  },
  close: () => channel?.close(),
  /** What could leak. */
  async holdings() {
    await sleep(100)
    for (let i = 0; i < 3; i++) globalThis.gc?.()
    const { rss, heapUsed } = process.memoryUsage()
    return {
      rssMb: rss / 2 ** 20,
      heapMb: heapUsed / 2 ** 20,
      descriptors: readdirSync('/proc/self/fd').length,
      maps: readdirSync('/proc/self/map_files').length,
      callbacks: nativeCallbackCount(),
      resources: process.getActiveResourcesInfo(),
    }
  },
})
