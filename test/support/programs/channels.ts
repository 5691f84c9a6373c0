// A process that opens many handles, or many channels, at the same moment; each channel in a group of its own.

import { setTimeout as sleep } from 'node:timers/promises'
import { Cpg, cpgTransport } from '@quorate/cpg-transport'
import { serve } from '../serve.ts'

/** Long enough for a second view to come, if one wrongly does. */
const settleMs = 500

serve({
  /** Opens handles at the same moment, `rounds` times, and reads from each. */
  async openAll(count: number, rounds: number): Promise<void> {
    for (let round = 0; round < rounds; round++) {
      const handles = await Promise.all(Array.from({ length: count }, () => Cpg.open()))
      for (const handle of handles) if (handle.nodeid === 0) throw new Error('A handle of no node')
      await Promise.all(handles.map((handle) => handle.close()))
    }
  },
  /** What each channel was told. */
  async joinAll(prefix: string, count: number): Promise<string[]> {
    const told = Array.from({ length: count }, () => [] as string[])
    await Promise.all(
      told.map((events, i) =>
        cpgTransport().join(`${prefix}-${i}`, (event) => {
          events.push(event.type === 'view' ? `view ${event.cause}` : event.type)
        }),
      ),
    )
    await sleep(settleMs)
    return told.map((events) => events.filter((event) => event !== 'quorum').join())
  },
})
