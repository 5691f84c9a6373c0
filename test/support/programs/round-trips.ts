// A program for nodes: sends numbered UDP packets to a peer's udp-lines and prints, as JSON, the round trip of each in
// milliseconds, with null for those that did not come back. Arguments: address, count, wait for the last in ms.

import { createSocket } from 'node:dgram'
import { setTimeout as sleep } from 'node:timers/promises'

const udpPort = 7000
// Slow enough for nobody to queue.
const pauseMs = 2
const [address, count, waitMs] = process.argv.slice(2)
const sentMs: number[] = []
const roundTripsMs: (number | null)[] = []
const socket = createSocket('udp4')

socket.on('message', (packet) => {
  const index = Number(packet.toString().slice(1))
  roundTripsMs[index] = performance.now() - (sentMs[index] ?? Number.NaN)
})
for (let index = 0; index < Number(count); index++) {
  roundTripsMs[index] = null
  sentMs[index] = performance.now()
  socket.send(`?${index}`, udpPort, address)
  await sleep(pauseMs)
}
await sleep(Number(waitMs))
socket.close()
console.log(JSON.stringify(roundTripsMs))
