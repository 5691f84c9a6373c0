// Joins, sends, closes, and has nothing more to do: must end by itself.

import { setTimeout as sleep } from 'node:timers/promises'
import { cpgTransport } from '@quorate/cpg-transport'

let seen = 0
const channel = await cpgTransport().join('short-lived', () => seen++)
channel.send(Buffer.from('hello'))
while (seen < 2) await sleep(5)
await channel.close()
console.log(`closed after ${seen} events`)
