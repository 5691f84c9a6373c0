// A program for nodes: receives UDP on port 7000, answers a text `?…` with `!…`, and prints every other text. Sends
// the text of each line of its stdin, `ADDRESS TEXT`.

import { createSocket } from 'node:dgram'
import { createInterface } from 'node:readline'

const udpPort = 7000
const socket = createSocket('udp4')

socket.on('message', (packet, { address, port }) => {
  const text = packet.toString()
  if (text.startsWith('?')) socket.send(`!${text.slice(1)}`, port, address)
  else console.log(text)
})
socket.bind(udpPort, () => console.log('ready'))
createInterface(process.stdin).on('line', (line) => {
  const [address, ...text] = line.split(' ')
  socket.send(text.join(' '), udpPort, address)
})
