// Which index enough voters have acked, against a twin that tries each index. Exhaustive: one to five voters, each with
// an ack of 0 to 3 or none; policy votequorum also with every choice of those that participate (R7.3).

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Incarnation, MemoryId, Role } from '../../identity.ts'
import type { Chain, Participant } from '../../log/entry.ts'
import type { QuorumPolicy } from '../../wire/group.ts'
import type { Position } from '../../wire/messages.ts'
import { ackedByEnough } from './commit.ts'

const test = suite('acks and commit')
const none = -1
const highest = 3

/** All lists of `length` of these values. */
function listsOf<T>(values: readonly T[], length: number): T[][] {
  if (length === 0) return [[]]
  return listsOf(values, length - 1).flatMap((list) => values.map((value) => [...list, value]))
}

function acked(policy: QuorumPolicy, acks: readonly number[], roles: readonly (Role | null)[]): number {
  const nodeids = acks.map((_, i) => i + 1)
  const positions = new Map<number, Position>()
  const participants = new Map<string, Participant>()
  for (const [i, role] of roles.entries()) {
    if (role === null) continue
    const nodeid = i + 1
    const [incarnation, memory] = [nodeid as Incarnation, nodeid as MemoryId]
    participants.set(`${nodeid}`, { nodeid, pid: 1, incarnation, role, memory })
    const index = acks[i] as number
    if (index !== none) positions.set(nodeid, { index, chain: 0 as Chain })
  }
  const state = { voters: { nodeids, policy }, fault: null }
  return ackedByEnough(state, { acks: positions, participants })
}

/** The highest index that holds by counting. */
function twin(holds: (index: number) => boolean): number {
  let index = 0
  while (index < highest && holds(index + 1)) index += 1
  return index
}

for (const voters of [1, 2, 3, 4, 5]) {
  test(`majority of ${voters}`, () => {
    for (const acks of listsOf([none, 0, 1, 2, highest], voters)) {
      const expected = twin((index) => 2 * acks.filter((ack) => ack >= index).length > voters)
      assert.is(
        acked(
          'majority',
          acks,
          acks.map(() => 'voter'),
        ),
        expected,
        `${acks}`,
      )
    }
  })
}

for (const voters of [1, 2, 3]) {
  test(`votequorum of ${voters}: everyone that participates`, () => {
    for (const acks of listsOf([none, 0, 1, 2, highest], voters)) {
      for (const roles of listsOf<Role | null>(['voter', null], voters)) {
        if (roles.every((role) => role === null)) continue
        const needed = acks.filter((_, i) => roles[i] === 'voter')
        const expected = twin((index) => needed.every((ack) => ack >= index))
        assert.is(acked('votequorum', acks, roles), expected, `${acks} ${roles}`)
      }
    }
  })
}

test('a learner that participates is not asked', () => {
  assert.is(acked('votequorum', [2, none], ['voter', 'learner']), 2)
})

test.run()
