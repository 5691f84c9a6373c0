// What CPG does that a naive network would not, one test each: docs/transport.md, "What is not promised".

import { setImmediate as nextTurn } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { QuorateError } from '../errors.ts'
import type { Channel, TransportEvent } from '../ports/transport.ts'
import { MemoryNetwork } from './memory-network.ts'
import {
  heard,
  joinAll,
  joinLogged,
  type LoggedMember,
  manualNetwork,
  order,
} from './memory-stage.test-support.ts'

type Three = [LoggedMember, LoggedMember, LoggedMember]

async function three(options = {}): Promise<[MemoryNetwork, ...Three]> {
  const network = manualNetwork([1, 2, 3], options)
  return [network, ...((await joinAll(network, [1, 2, 3])) as Three)]
}

test('every node is told all configured nodes, in order, also those that are down', async () => {
  const network = manualNetwork([3, 1, 2])
  network.crashNode(1)
  assert.equal(await network.node(3).configuredNodes?.(), [1, 2, 3])
  assert.is(await network.node(3).nodeid(), 3)
})

test('a message that only its sender received is delivered at the sender alone, before its view', async () => {
  const [network, a, b, c] = await three()
  network.withhold(2)
  network.withhold(3)
  a.say('lost')
  network.drain()
  network.partition([[1], [2, 3]])
  network.drain()
  assert.equal(order(a), ['lost', 'members [1]', 'ring [1]'])
  for (const member of [b, c]) assert.equal(order(member), ['members [2,3]', 'ring [2,3]'])
})

test('companions give each other what one of them received', async () => {
  const [network, a, b, c] = await three()
  network.withhold(3)
  a.say('seen by 2')
  network.drain()
  network.partition([[1], [2, 3]])
  network.drain()
  for (const member of [b, c]) assert.equal(order(member), ['seen by 2', 'members [2,3]', 'ring [2,3]'])
})

test('past a hole only messages of companions are delivered', async () => {
  const [network, a, b, c] = await three()
  network.withhold(2, [1])
  network.withhold(3, [1])
  a.say('the hole')
  network.drain()
  b.say('past the hole')
  network.drain()
  assert.equal(order(a), ['the hole', 'past the hole'])
  assert.equal(order(c), [], 'nothing is delivered past the hole while the ring lasts')
  network.partition([[1], [2, 3]])
  network.drain()
  for (const member of [b, c]) assert.equal(order(member), ['past the hole', 'members [2,3]', 'ring [2,3]'])
})

test('past a hole a message of a node that stays behind is not delivered, although it was received', async () => {
  const [network, a, b, c] = await three()
  network.withhold(2, [1])
  network.withhold(3, [1])
  a.say('the hole')
  network.drain()
  network.release(2)
  network.withhold(2, [1])
  c.say('of 3, past the hole')
  network.drain()
  network.partition([[1], [2], [3]])
  network.drain()
  assert.equal(order(a), ['the hole', 'of 3, past the hole', 'members [1]', 'ring [1]'])
  assert.equal(order(b), ['members [2]', 'ring [2]'])
  assert.equal(order(c), ['of 3, past the hole', 'members [3]', 'ring [3]'])
})

test('what nobody in the ring holds any more is not received', async () => {
  const [network, a, b] = await three()
  network.withhold(2)
  network.withhold(3)
  a.say('gone with 1')
  network.drain()
  network.reform([1])
  network.release(2)
  network.drain()
  assert.equal(order(a), ['gone with 1', 'members [1]', 'ring [1]'])
  assert.equal(order(b), [], 'node 2 has not noticed that node 1 is gone')
})

test('a ring change ends what was withheld', async () => {
  const [network, a, b] = await three()
  network.withhold(2)
  network.reform([1, 2, 3])
  a.say('heard')
  network.drain()
  assert.equal(order(b), ['ring [1,2,3]', 'heard'])
})

test('what a dying daemon had queued is gone and takes no room', async () => {
  const [network, , b] = await three({ queueMessagesMax: 1 })
  b.say('gone')
  network.crashNode(2)
  network.restartNode(2)
  network.drain()
  assert.ok(b.say('accepted'))
  network.drain()
  assert.equal(order(b), ['down', 'up', 'members [1,2,3]', 'accepted'])
})

test('a message accepted in one view is ordered and delivered in the next', async () => {
  const [network, a, b] = await three()
  a.say('accepted before the partition')
  network.partition([[1, 2], [3]])
  network.drain()
  for (const member of [a, b]) {
    assert.equal(order(member), ['members [1,2]', 'ring [1,2]', 'accepted before the partition'])
  }
})

test('at a merge the first waiting messages of a sender are lost to those who were not in its ring', async () => {
  const [network, a, b, c] = await three({ mergeLoss: 2 })
  network.partition([[1], [2, 3]])
  network.drain()
  for (const text of ['first', 'second', 'third']) c.say(text)
  network.heal()
  c.say('fourth')
  network.drain()
  assert.equal(order(a).slice(-2), ['third', 'fourth'])
  assert.not(order(a).includes('second'))
  for (const member of [b, c]) assert.equal(order(member).slice(-4), ['first', 'second', 'third', 'fourth'])
})

test('a ring can form anew of the same members: a view of the ring and none of the membership', async () => {
  const [network, a, b, c] = await three()
  network.reform([1, 2, 3])
  network.drain()
  for (const member of [a, b, c]) assert.equal(order(member), ['ring [1,2,3]'])
})

test('rings that break before they are agreed upon hide from the members that they were apart', async () => {
  const [network, a, b] = await three()
  network.withhold(2)
  network.withhold(3)
  a.say('missed by 2 and 3')
  network.drain()
  network.reform([1], { aborted: true })
  network.reform([2, 3], { aborted: true })
  network.reform([1, 2, 3], { aborted: true })
  network.reform([1, 2, 3])
  network.drain()
  assert.equal(order(a), ['missed by 2 and 3', 'ring [1,2,3]'])
  assert.equal(order(b), ['ring [1,2,3]'])
})

test('one broken ring on the way shows the others as left and joined', async () => {
  const [network, a] = await three()
  network.reform([1], { aborted: true })
  network.reform([2, 3], { aborted: true })
  network.reform([1, 2, 3])
  network.drain()
  assert.equal(order(a), ['members [1]', 'members [1,2,3]', 'ring [1,2,3]'])
})

test('quorum is told after the view of its ring, which says null', async () => {
  const [network, a] = await three({ quorum: 'after' })
  network.partition([[1], [2, 3]])
  network.drain()
  assert.equal(heard(a), ['members [1]', 'ring [1]', 'quorum false'])
  const [old, ring, quorum] = a.events
  assert.equal(old?.type === 'view' && old.quorate, null, 'while the ring changes nothing is said of it')
  assert.equal(ring?.type === 'view' && ring.quorate, null)
  assert.equal(quorum?.type === 'quorum' && quorum.ring, ring?.type === 'view' && ring.ring)
})

test('quorum is told before the view of its ring, which repeats it', async () => {
  const [network, a] = await three({ quorum: 'before' })
  network.partition([[1], [2, 3]])
  network.drain()
  assert.equal(heard(a), ['quorum false', 'members [1]', 'ring [1]'])
  const [quorum, , ring] = a.events
  assert.equal(ring?.type === 'view' && ring.quorate, false)
  assert.equal(quorum?.type === 'quorum' && quorum.ring, ring?.type === 'view' && ring.ring)
})

test('quorum is the majority of the configured votes', async () => {
  const [network, a, b] = await three({ votes: { 1: 3 } })
  network.partition([[1], [2, 3]])
  network.drain()
  assert.ok(heard(a).includes('quorum true'))
  assert.ok(heard(b).includes('quorum false'))
})

test('half of the votes are no quorum', async () => {
  const network = manualNetwork([1, 2])
  const [a] = await joinAll(network, [1, 2])
  network.partition([[1], [2]])
  network.drain()
  assert.ok(a !== undefined && heard(a).includes('quorum false'))
})

test('ring ids do not come back, also when a node restarts alone', async () => {
  const network = manualNetwork([1])
  const [a] = await joinAll(network, [1])
  assert.ok(a !== undefined)
  for (let round = 0; round < 3; round++) {
    network.crashNode(1)
    network.restartNode(1)
    network.drain()
  }
  const rings = a.events.flatMap((event) => (event.type === 'view' ? [event.ring.seq] : []))
  assert.is(new Set(rings).size, rings.length)
})

test('a dying daemon takes along what was not heard yet, but not the first view nor a drain that is owed', async () => {
  const [network, , b] = await three({ queueMessagesMax: 1 })
  b.say('never heard')
  assert.is(b.say('refused'), false)
  network.step()
  assert.equal(b.events, [], 'its own message and the drain are on their way')
  network.crashNode(2)
  network.restartNode(2)
  network.drain()
  assert.equal(order(b), ['down', 'up', 'members [1,2,3]', 'drain'])
})

test('joining on a node whose daemon is down is refused, and a join ends when the daemon dies', async () => {
  const network = manualNetwork([1, 2])
  const joining = network.node(1).join('group', () => {})
  network.crashNode(1)
  for (const refused of [joining, network.node(1).join('group', () => {})]) {
    const message = await refused.then(
      () => 'joined',
      ({ message }: Error) => message,
    )
    assert.match(message, /daemon of node 1/)
  }
})

test('a process that closes while its daemon is back, but not yet joined again, does not come back as a ghost', async () => {
  const [network, a, b] = await three()
  network.crashNode(2)
  network.restartNode(2)
  await b.channel.close()
  network.drain()
  const last = a.events.findLast((event) => event.type === 'view')
  assert.equal(last?.type === 'view' && last.members.map(({ nodeid }) => nodeid), [1, 3])
})

test('a listener is never called inside a call, nor inside itself', async () => {
  const network = manualNetwork([1])
  const trace: string[] = []
  let channel: Channel | undefined
  const listener = (event: TransportEvent) => {
    trace.push(`begin ${event.type}`)
    if (event.type === 'view') channel?.send(Uint8Array.of(1))
    network.drain()
    trace.push(`end ${event.type}`)
  }
  const joining = network.node(1).join('group', listener)
  network.drain()
  channel = await joining
  assert.equal(trace, [], 'no event before the join is fulfilled')
  network.drain()
  assert.equal(trace, ['begin view', 'end view', 'begin message', 'end message'])
})

test('a listener that closes hears nothing more, not even what has already arrived', async () => {
  const network = manualNetwork([1])
  const seen: string[] = []
  const joining = network.node(1).join('group', ({ type }) => {
    seen.push(type)
    if (type === 'message') void channel.close()
  })
  network.drain()
  const channel = await joining
  for (const byte of [1, 2, 3]) channel.send(Uint8Array.of(byte))
  network.drain()
  assert.equal(seen, ['view', 'message'])
})

test('each receiver owns its bytes, and the sender keeps its own', async () => {
  const [network, a, b, c] = await three()
  const bytes = Buffer.from('mine')
  a.channel.send(bytes)
  bytes.fill(0)
  network.drain()
  const received = [a, b, c].map(({ events }) => events.find((event) => event.type === 'message')?.bytes)
  received[0]?.fill(1)
  assert.equal(Buffer.from(received[1] ?? []).toString(), 'mine')
  received[1]?.fill(2)
  assert.equal(Buffer.from(received[2] ?? []).toString(), 'mine')
  assert.is(new Set(received.map((it) => it?.buffer)).size, 3, 'no memory is shared')
})

test('what a listener throws is an uncaught exception, and the stream goes on', async () => {
  const network = new MemoryNetwork({ nodes: [1] })
  const thrown = new Promise((resolve) => process.once('uncaughtException', resolve))
  const seen: string[] = []
  const channel = await network.node(1).join('group', (event) => {
    seen.push(event.type)
    if (event.type === 'view') throw new Error('the listener is broken')
  })
  channel.send(Uint8Array.of(1))
  assert.match(String(await thrown), /the listener is broken/)
  while (!seen.includes('message')) await nextTurn()
})

test('several processes of one node are members of their own', async () => {
  const network = manualNetwork([1])
  const first = await joinLogged(network, 1)
  const second = await joinLogged(network, 1)
  assert.not.equal(first.self, second.self)
  second.say('hello')
  network.drain()
  assert.equal(order(first), ['members [1]', 'members [1,1]', 'hello'])
})

function refused(call: () => unknown, message: RegExp): void {
  assert.throws(call, ({ code, message: said }: QuorateError) => code === 'BadOption' && message.test(said))
}

test('what a network cannot do is refused with what to change', () => {
  const network = manualNetwork([1, 2, 3])
  refused(() => network.partition([[1], [2]]), /must name each of the nodes 1,2,3 once; they name 1,2/)
  refused(() => network.partition([1, 2, 3] as never), /a list of lists, .*; they name none/)
  refused(() => network.partition(undefined as never), /they name none/)
  refused(() => network.node(4), /no node 4 in this network; there are: 1,2,3/)
  network.crashNode(2)
  refused(() => network.reform([1, 2]), /Node 2 is down/)
  refused(() => network.killProcess({ nodeid: 1, pid: 9 }), /no process 9/)
})

test.run()
