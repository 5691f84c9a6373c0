// Joins, closes when its stdin ends, and has nothing more to do then: must end by itself.

import { once } from 'node:events'
import { cpgTransport } from '@quorate/cpg-transport'

const channel = await cpgTransport().join('short-lived', () => {})
channel.send(Buffer.from('hello'))
// A join that is refused must leave nothing that holds the process either.
const [second] = await Promise.allSettled([cpgTransport().join('short-lived', () => {})])
console.log(second.status === 'rejected' ? 'joined once' : 'joined twice')
process.stdin.resume()
await once(process.stdin, 'end')
await channel.close()
console.log('closed')
