import type { Member, RingId } from '@quorate/core'
import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import type { CpgAddress, CpgConfchg, CpgReason } from './cpg-types.ts'
import { Views } from './views.ts'

const member = (nodeid: number, pid: number = nodeid * 10): Member => ({ nodeid, pid })
const ring = (seq: number, nodeid = 1): RingId => ({ nodeid, seq: BigInt(seq) })
const with_ = (reason: CpgReason, members: readonly Member[]): CpgAddress[] =>
  members.map((m) => ({ ...m, reason }))

interface Change {
  readonly members: readonly Member[]
  readonly joined?: readonly CpgAddress[]
  readonly left?: readonly CpgAddress[]
}

const confchg = ({ members, joined = [], left = [] }: Change): CpgConfchg => ({
  group: 'demo',
  members: with_('UNDEFINED', members),
  joined,
  left,
})

const notification = (quorate: boolean, ring: RingId) => ({ quorate, ring, members: [] })

/** After the join of node 1 into a ring of nodes 1 and 2, with node 2 a member. */
function joined(): Views {
  const views = new Views(member(1))
  views.confchg(confchg({ members: [member(2), member(1)], joined: with_('JOIN', [member(1)]) }))
  views.totemConfchg({ ring: ring(1), nodeids: [1, 2] })
  return views
}

test('the first view comes with the ring, not before', () => {
  const views = new Views(member(1))
  is(views.confchg(confchg({ members: [member(1)], joined: with_('JOIN', [member(1)]) })), undefined)
  is(
    views.confchg(confchg({ members: [member(2), member(1)], joined: with_('JOIN', [member(2)]) })),
    undefined,
  )
  equal(views.totemConfchg({ ring: ring(1), nodeids: [2, 1] }), {
    type: 'view',
    members: [member(1), member(2)],
    ring: ring(1),
    nodeids: [1, 2],
    cause: 'membership',
    quorate: null,
  })
})

test('a connection that has not joined yet hears of rings, and has no view', () => {
  const views = new Views(member(1))
  is(views.totemConfchg({ ring: ring(1), nodeids: [1, 2] }), undefined)
  is(views.totemConfchg({ ring: ring(2), nodeids: [1, 2] }), undefined)
  is(views.quorum(notification(true, ring(2))), undefined)
  const first = views.confchg(confchg({ members: [member(1)], joined: with_('JOIN', [member(1)]) }))
  equal(
    [first?.members, first?.ring, first?.cause, first?.quorate],
    [[member(1)], ring(2), 'membership', true],
  )
})

test('a ring that is told again is no view', () => {
  const views = joined()
  is(views.totemConfchg({ ring: ring(1), nodeids: [1, 2] }), undefined)
})

test('the first view names no ghosts, also when the ring was known before the own join', () => {
  const views = new Views(member(1))
  views.totemConfchg({ ring: ring(1), nodeids: [1, 2] })
  const members = [member(1), member(2), member(3)]
  const first = views.confchg(confchg({ members, joined: with_('JOIN', [member(1)]) }))
  equal(first?.members, [member(1), member(2)])
})

test('a change of membership is a view that names the ring in force', () => {
  const view = joined().confchg(confchg({ members: [member(1)], left: with_('LEAVE', [member(2)]) }))
  equal(view, {
    type: 'view',
    members: [member(1)],
    ring: ring(1),
    nodeids: [1, 2],
    cause: 'membership',
    quorate: null,
  })
})

test('members are sorted by node, then by process, as numbers', () => {
  const members = [member(10, 5), member(9, 100), member(9, 20), member(2, 7)]
  const view = joined().confchg(confchg({ members, joined: with_('JOIN', [member(10, 5)]) }))
  equal(view?.members, [member(2, 7), member(9, 20), member(9, 100), member(10, 5)])
})

test('members carry node and process alone: the reason of a list is no part of them', () => {
  const view = joined().totemConfchg({ ring: ring(2), nodeids: [1, 2] })
  for (const one of view?.members ?? []) equal(Object.keys(one), ['nodeid', 'pid'])
})

test('a new ring of the same members is a view: messages may have been missed', () => {
  const view = joined().totemConfchg({ ring: ring(2), nodeids: [1, 2] })
  equal([view?.cause, view?.ring, view?.members], ['ring', ring(2), [member(1), member(2)]])
})

test('the same process in left and in joined is a member', () => {
  const change = {
    members: [member(1), member(2)],
    left: with_('NODEDOWN', [member(2)]),
    joined: with_('NODEUP', [member(2)]),
  }
  equal(joined().confchg(confchg(change))?.members, [member(1), member(2)])
})

test('a ghost, listed by CPG while its node is not in the ring, is in no view', () => {
  const views = joined()
  equal(views.totemConfchg({ ring: ring(2), nodeids: [1] })?.members, [member(1)])
  const change = { members: [member(1), member(2), member(1, 11)], joined: with_('JOIN', [member(1, 11)]) }
  equal(views.confchg(confchg(change))?.members, [member(1), member(1, 11)])
})

test('a ghost stays one after its node came back, until CPG reports the process', () => {
  const views = joined()
  views.totemConfchg({ ring: ring(2), nodeids: [1] })
  const all = [member(1), member(2), member(2, 21)]
  const back = views.confchg(confchg({ members: all, joined: with_('NODEUP', [member(2, 21)]) }))
  equal(back?.members, [member(1), member(2, 21)])
})

test('in a ring with its node a ghost is listed again: CPG would not report it as joined if it were alive', () => {
  const views = joined()
  views.totemConfchg({ ring: ring(2), nodeids: [1] })
  equal(views.totemConfchg({ ring: ring(3), nodeids: [1, 2] })?.members, [member(1), member(2)])
})

test('a ghost that joins or leaves is none any more', () => {
  for (const list of ['joined', 'left'] as const) {
    const views = joined()
    views.totemConfchg({ ring: ring(2), nodeids: [1] })
    const members = list === 'joined' ? [member(1), member(2)] : [member(1)]
    equal(views.confchg(confchg({ members, [list]: with_('NODEUP', [member(2)]) }))?.members, members)
  }
})

test('a member whose node joined the ring with this change is no ghost before the ring is known', () => {
  const change = { members: [member(1), member(2), member(3)], joined: with_('NODEUP', [member(3)]) }
  equal(joined().confchg(confchg(change))?.members, [member(1), member(2), member(3)])
})

test('quorum that speaks after the ring is told once', () => {
  const views = joined()
  equal(views.quorum(notification(true, ring(1))), { type: 'quorum', ring: ring(1), quorate: true })
  is(views.quorum(notification(true, ring(1))), undefined)
  equal(views.quorum(notification(false, ring(1))), { type: 'quorum', ring: ring(1), quorate: false })
})

test('quorum that speaks before its ring waits for the ring, and is in its view', () => {
  const views = joined()
  is(views.quorum(notification(true, ring(2))), undefined)
  is(views.totemConfchg({ ring: ring(2), nodeids: [1, 2] })?.quorate, true)
  is(views.quorum(notification(true, ring(2))), undefined)
})

test('quorum before the first view is in the first view', () => {
  const views = new Views(member(1))
  is(views.quorum(notification(false, ring(1))), undefined)
  views.confchg(confchg({ members: [member(1)] }))
  is(views.totemConfchg({ ring: ring(1), nodeids: [1] })?.quorate, false)
})

test('quorum of another ring says nothing: neither another number nor another node is ours', () => {
  const views = joined()
  for (const other of [ring(0), ring(2), ring(1, 2)]) {
    is(views.quorum(notification(true, other)), undefined)
    is(views.confchg(confchg({ members: [member(1)] }))?.quorate, null)
  }
})

test('a view within the ring carries its quorum', () => {
  const views = joined()
  views.quorum(notification(true, ring(1)))
  is(views.confchg(confchg({ members: [member(1)], left: with_('PROCDOWN', [member(2)]) }))?.quorate, true)
})

for (const [reason, list] of [
  ['NODEDOWN', 'left'],
  ['NODEUP', 'joined'],
] as const) {
  test(`from a ${reason} to the new ring nothing is known of quorum`, () => {
    const views = joined()
    views.quorum(notification(true, ring(1)))
    const change = confchg({ members: [member(1)], [list]: with_(reason, [member(2)]) })
    is(views.confchg(change)?.quorate, null)
    is(views.quorum(notification(false, ring(1))), undefined)
    is(views.totemConfchg({ ring: ring(2), nodeids: [1] })?.quorate, null)
    equal(views.quorum(notification(true, ring(2))), { type: 'quorum', ring: ring(2), quorate: true })
  })
}

test.run()
