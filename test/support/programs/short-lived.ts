// Joins, closes when its stdin ends, and has nothing more to do then: must end by itself.

import { once } from 'node:events'
import { cpgTransport } from '@quorate/cpg-transport'

const channel = await cpgTransport().join('short-lived', () => {})
channel.send(Buffer.from('hello'))
console.log('joined')
process.stdin.resume()
await once(process.stdin, 'end')
await channel.close()
console.log('closed')
