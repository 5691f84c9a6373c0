// A program of its own, run in the switch's namespace: takes the VXLAN packets of impaired nodes and forwards each
// to its target, later or never. Ends with its parent, which closes the channel.

import { createSocket } from 'node:dgram'
import { addressOf, idOf } from './addresses.ts'
import { completeChecksum, targetOf } from './frame.ts'
import type { Impairment } from './impairment.ts'

/** What the parent tells the relay: from now on this happens to the packets of node `from`. */
export interface RelayOrder {
  readonly from: number
  readonly impairment: Required<Impairment>
}

/** VXLAN's port (RFC 7348). */
const port = 4789
// A burst must wait here and not be lost: loss is what the impairment says and nothing else.
const receiveBufferBytes = 8 * 1024 * 1024

const impairments = new Map<number, Required<Impairment>>()
const socket = createSocket({ type: 'udp4', recvBufferSize: receiveBufferBytes })

function relay(packet: Buffer, from: number): void {
  const impairment = impairments.get(from)
  const target = targetOf(packet)
  if (impairment === undefined || target === undefined || Math.random() < impairment.lossRatio) return
  completeChecksum(packet)
  const delayMs = impairment.delayMs + (2 * Math.random() - 1) * impairment.jitterMs
  const forward = (): void => socket.send(packet, port, addressOf(target))
  if (delayMs < 0.5) forward()
  else setTimeout(forward, Math.round(delayMs))
}

socket.on('message', (packet, { address }) => relay(packet, idOf(address)))
socket.bind(port, () => process.send?.('listening'))
process.on('message', ({ from, impairment }: RelayOrder) => impairments.set(from, impairment))
process.on('disconnect', () => process.exit())
