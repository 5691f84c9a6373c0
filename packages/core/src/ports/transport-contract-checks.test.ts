// The checks find what each guarantee forbids, and nothing in logs that keep them: hand-made logs, good and bad.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { Member, TransportEvent, View } from './transport.ts'
import { logViolations } from './transport-contract-checks.ts'
import { type MemberLog, messageKey } from './transport-contract-log.ts'

const [one, two, three]: [Member, Member, Member] = [member(1), member(2), member(3)]

function member(nodeid: number): Member {
  return { nodeid, pid: 10 }
}

function view(
  cause: View['cause'],
  seq: number,
  members: readonly Member[],
  quorate: boolean | null = true,
): View {
  return { type: 'view', cause, members, ring: { nodeid: 1, seq: BigInt(seq) }, nodeids: [1, 2], quorate }
}

function message(from: Member, text: string): TransportEvent {
  return { type: 'message', from, bytes: Buffer.from(text) }
}

function log(self: Member, sent: readonly string[], ...events: TransportEvent[]): MemberLog {
  return { self, events, sent: sent.map((text) => messageKey(Buffer.from(text))) }
}

const down: TransportEvent = { type: 'down', error: new Error('the daemon died') }
const both = [one, two]
const alone = view('membership', 4, [one])
const joined = view('membership', 4, both)
const next = view('ring', 8, both)

function assertFound(logs: readonly MemberLog[], expected: RegExp): void {
  const found = logViolations(logs)
  assert.ok(
    found.some((violation) => expected.test(violation)),
    `${expected} is not in: ${found.join('\n') || 'nothing found'}`,
  )
}

function assertClean(...logs: MemberLog[]): void {
  assert.equal(logViolations(logs), [])
}

test('equal logs are consistent', () => {
  const events = [joined, message(one, 'a'), message(two, 'b'), next, message(one, 'c')]
  assertClean(log(one, ['a', 'c'], alone, ...events), log(two, ['b'], ...events))
})

test('a membership that begins with a message is found', () => {
  assertFound([log(one, ['a'], message(one, 'a'))], /"message a.*" where only view may come/)
})

test('a message between down and up is found', () => {
  assertFound([log(one, ['a'], joined, down, message(one, 'a'))], /where only up, down may come/)
})

test('down, up and a first view are in order, and the same message may come again', () => {
  const up: TransportEvent = { type: 'up', self: one }
  assertClean(
    log(one, ['a'], joined, message(one, 'a'), down, up, view('membership', 8, both), message(one, 'a')),
  )
})

test('a view without the member itself is found', () => {
  assertFound([log(one, [], joined, view('membership', 4, [two]))], /lacks the member itself/)
})

test('unsorted members are found', () => {
  assertFound([log(one, [], view('membership', 4, [two, one]))], /not sorted/)
})

test('a membership view that names a ring not in force is found', () => {
  assertFound([log(one, [], joined, view('membership', 8, both))], /names another ring/)
})

test('a message of somebody who is not in the view is found', () => {
  assertFound([log(one, [], joined, message(three, 'x'))], /3\/10 x.* in the view/)
})

test('a message delivered twice is found', () => {
  assertFound(
    [log(one, ['a'], joined, message(one, 'a'), next, message(one, 'a'))],
    /delivered 1\/10 a.* twice/,
  )
})

test('a ring that comes back is found', () => {
  assertFound([log(one, [], joined, next, view('ring', 4, both))], /saw ring 1:4 twice/)
})

test('different members of one ring are found', () => {
  const logs = [log(one, [], joined, next), log(two, [], joined, view('ring', 8, [two]))]
  assertFound(logs, /membership of ring 1:8 is \[2\/10\] for one member and \[1\/10,2\/10\] for another/)
})

test('different words of the quorum of one ring are found, in views and in notifications', () => {
  const said: TransportEvent = { type: 'quorum', ring: { nodeid: 1, seq: 4n }, quorate: false }
  assertFound([log(one, [], joined), log(two, [], joined, said)], /quorum of ring 1:4 is false/)
  assertClean(log(one, [], joined), log(two, [], view('membership', 4, both, null)))
})

test('a message that nobody sent is found', () => {
  assertFound([log(one, ['a'], joined, message(one, 'A'))], /although nobody sent it/)
})

test('messages of one sender out of order are found', () => {
  assertFound([log(one, ['a', 'b'], joined, message(one, 'b'), message(one, 'a'))], /behind a later message/)
})

test('a gap between messages of one sender in one ring is found; across rings it may be', () => {
  const [a, c] = [message(one, 'a'), message(one, 'c')]
  assertFound([log(one, ['a', 'b', 'c'], joined, a, c)], /1 message\(s\) before it were left out/)
  assertClean(log(one, ['a', 'b', 'c'], joined, a, next, c))
})

test('different orders in one ring are found', () => {
  const [a, b] = [message(one, 'a'), message(two, 'b')]
  assertFound([log(one, ['a'], joined, a, b), log(two, ['b'], joined, b, a)], /delivered in another order/)
})

test('a message that only one of two companions delivered is found', () => {
  const start = view('ring', 4, both)
  const logs = [
    log(one, ['a', 'b'], view('membership', 1, both), start, message(one, 'a'), message(one, 'b'), next),
    log(two, [], view('membership', 1, both), start, message(one, 'a'), next),
  ]
  assertFound(logs, /went together from ring 1:4 to 1:8 and did not deliver the same/)
})

test('members that part may deliver different messages', () => {
  const [a, b] = [message(one, 'a'), message(two, 'b')]
  const aside = (self: Member, seq: number): View => ({
    ...view('ring', seq, [self]),
    ring: { nodeid: 2, seq: 8n },
  })
  assertClean(
    log(one, ['a'], joined, a, view('membership', 4, [one]), view('ring', 8, [one])),
    log(two, ['b'], joined, b, view('membership', 4, [two]), aside(two, 8)),
  )
})

test('who left and came back between two rings has not come along', () => {
  const back = [view('membership', 4, [one]), view('membership', 4, both), next]
  assertClean(log(one, ['a'], alone, joined, message(one, 'a'), ...back), log(two, [], joined, next))
})

test('at a merge the first messages of a sender may be lost, later ones not', () => {
  const merged = view('ring', 8, both)
  const apart = (self: Member) => ({
    ...view('membership', 4, [self]),
    ring: { nodeid: self.nodeid, seq: 4n },
  })
  const joinedHere = (self: Member) => ({
    ...view('membership', 4, both),
    ring: { nodeid: self.nodeid, seq: 4n },
  })
  const end = view('ring', 12, both)
  const [a, b] = [message(one, 'a'), message(one, 'b')]
  const sender = log(one, ['a', 'b'], apart(one), joinedHere(one), merged, a, b, end)
  assertClean(sender, log(two, [], apart(two), joinedHere(two), merged, b, end))
  assertFound([sender, log(two, [], apart(two), joinedHere(two), merged, a, end)], /did not deliver the same/)
})

test('a joiner delivers exactly what the others deliver behind its view', () => {
  const [a, b, c] = [message(one, 'a'), message(one, 'b'), message(one, 'c')]
  const sender = log(one, ['a', 'b', 'c'], alone, a, joined, b, c, next)
  assertClean(sender, log(two, [], joined, b, c, next))
  assertFound([sender, log(two, [], joined, b, next)], /did not deliver the same/)
  assertFound([sender, log(two, [], joined, a, b, c, next)], /did not deliver the same/)
})

test('without completeness nothing is said of companions', () => {
  const logs = [
    log(one, ['a', 'b'], alone, joined, message(one, 'a'), message(one, 'b'), next),
    log(two, [], joined, message(one, 'a'), next),
  ]
  assertFound(logs, /did not deliver the same/)
  assert.equal(logViolations(logs, { completeness: false }), [])
})

test.run()
