import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hardwareAddressOf } from './addresses.ts'
import { completeChecksum, targetOf } from './frame.ts'

const test = suite('frames in the relay')

/** A packet to node 2, as the kernel hands it over; `transport` is the inner UDP or TCP packet. */
function packet(
  protocol: number,
  transport: Buffer,
  { to = hardwareAddressOf(2), fragment = 0 } = {},
): Buffer {
  const vxlan = Buffer.from('0800000000000500', 'hex')
  const ethernet = Buffer.from(`${to.replaceAll(':', '')}0200000000010800`, 'hex')
  const ip = Buffer.from('450000000000000040000000' + '0a0000010a000002', 'hex')
  ip.writeUInt16BE(20 + transport.length, 2)
  ip.writeUInt16BE(fragment, 6)
  ip[9] = protocol
  return Buffer.concat([vxlan, ethernet, ip, transport])
}

/** What a receiver does: the words of pseudo header and packet, checksum included, must add up to 0xffff. */
function receiverSum(protocol: number, transport: Buffer): number {
  const padded = Buffer.concat([transport, Buffer.alloc(transport.length % 2)])
  const pseudo = Buffer.from(`0a0000010a000002${protocol.toString(16).padStart(4, '0')}`, 'hex')
  const all = Buffer.concat([pseudo, padded])
  let total = transport.length
  for (let at = 0; at < all.length; at += 2) total += all.readUInt16BE(at)
  return total % 0xffff || 0xffff
}

const transportAt = 8 + 14 + 20

for (const payload of ['', 'x', 'even', 'Grüße']) {
  test(`the receiver of a completed UDP packet finds its checksum right: "${payload}"`, () => {
    const body = Buffer.from(payload)
    const udp = Buffer.concat([
      Buffer.from('1f901b58', 'hex'),
      Buffer.from([0, 8 + body.length]),
      Buffer.from('1480', 'hex'),
      body,
    ])
    const whole = packet(17, udp)
    completeChecksum(whole)
    assert.is(receiverSum(17, whole.subarray(transportAt)), 0xffff)
  })
}

test('the receiver of a completed TCP packet finds its checksum right', () => {
  const tcp = Buffer.concat([Buffer.alloc(20, 7), Buffer.from('payload')])
  const whole = packet(6, tcp)
  completeChecksum(whole)
  assert.is(receiverSum(6, whole.subarray(transportAt)), 0xffff)
})

test('fragments, other protocols and cut packets stay as they are', () => {
  const udp = Buffer.from('1f901b5800081480', 'hex')
  for (const whole of [
    packet(17, udp, { fragment: 0x2000 }),
    packet(1, udp),
    packet(17, udp).subarray(0, 44),
  ]) {
    const before = Buffer.from(whole)
    completeChecksum(whole)
    assert.equal(whole, before)
  }
})

test('finds the node that a frame is for', () => {
  assert.is(targetOf(packet(17, Buffer.alloc(8))), 2)
})

test('a frame to the address that nobody owns, and a multicast, are for nobody', () => {
  assert.is(targetOf(packet(17, Buffer.alloc(8), { to: hardwareAddressOf(255) })), undefined)
  assert.is(targetOf(packet(17, Buffer.alloc(8), { to: '33:33:00:00:00:02' })), undefined)
  assert.is(targetOf(Buffer.alloc(10)), undefined)
})

test.run()
