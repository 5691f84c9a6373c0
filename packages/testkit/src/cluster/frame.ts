// A VXLAN packet as the relay sees it (RFC 7348): 8 bytes of VXLAN, 14 of Ethernet, then IPv4.

const ethernetAt = 8
const ipAt = 22
const tcp = { protocol: 6, checksumAt: 16 } as const
const udp = { protocol: 17, checksumAt: 6 } as const

/** The number of the node that the frame is for; `undefined` for nobody, and for multicast. */
export function targetOf(packet: Buffer): number | undefined {
  if (packet.length < ipAt || packet.readUInt32BE(ethernetAt) !== 0x02000000 || packet[ethernetAt + 4] !== 0)
    return
  const id = packet[ethernetAt + 5]
  return id === 0xff ? undefined : id
}

/**
 * Fills in the checksum of an inner TCP or UDP packet. The kernel leaves it to the network card, and behind a tunnel
 * between virtual devices there is none: the receiver would find it wrong and drop the packet.
 */
export function completeChecksum(packet: Buffer): void {
  if (!isWholeIpv4(packet)) return
  const transport = [tcp, udp].find(({ protocol }) => protocol === packet[ipAt + 9])
  if (transport === undefined) return
  const start = ipAt + 4 * ((packet[ipAt] ?? 0) & 0x0f)
  const end = ipAt + packet.readUInt16BE(ipAt + 2)
  const at = start + transport.checksumAt
  if (end > packet.length || at + 2 > end) return
  packet.writeUInt16BE(0, at)
  const addresses = sum(packet, ipAt + 12, ipAt + 20)
  const folded = fold(addresses + transport.protocol + (end - start) + sum(packet, start, end))
  // A sum of zero is sent as its other form: in UDP zero says that there is none.
  packet.writeUInt16BE(~folded & 0xffff || 0xffff, at)
}

/** Fragments have been cut by the kernel, which then fills in the checksum itself. */
function isWholeIpv4(packet: Buffer): boolean {
  if (packet.length < ipAt + 20 || packet.readUInt16BE(ipAt - 2) !== 0x0800) return false
  return (packet.readUInt16BE(ipAt + 6) & 0x3fff) === 0
}

/** The sum of the 16-bit words, the last one padded with a zero byte. */
function sum(packet: Buffer, start: number, end: number): number {
  let total = 0
  for (let at = start; at + 1 < end; at += 2) total += packet.readUInt16BE(at)
  return (end - start) % 2 === 0 ? total : total + (packet[end - 1] ?? 0) * 256
}

function fold(total: number): number {
  let folded = total
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16)
  return folded
}
