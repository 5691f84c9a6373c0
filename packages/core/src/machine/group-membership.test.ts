import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type GroupMember, membershipChange } from './group-membership.ts'
import { process, view } from './machine.test-support.ts'

const [one, two, three] = [process(1), process(2), process(3, 3, 'learner')]

function member({ nodeid, pid, incarnation, role }: GroupMember): GroupMember {
  return { nodeid, pid, incarnation, role }
}

const before = [one, two].map(member)

test('participants that were not there have joined, members out of the view have left, in the order of nodes', () => {
  const change = membershipChange(before, view({ participants: [three, process(2, 7), one] }))
  assert.equal(change, {
    joined: [process(2, 7), three].map(member),
    left: [member(two)],
    members: [one, process(2, 7), three].map(member),
  })
})

test('a member that takes no part in a round and is in the view stays; a process that never took part is none', () => {
  const change = membershipChange(before, view({ participants: [one], bystanders: [two, three] }))
  assert.equal(change, { joined: [], left: [], members: before })
})

test('a process that restarted in one step left and joined', () => {
  const again = { ...two, incarnation: three.incarnation }
  const change = membershipChange(before, view({ participants: [one, again] }))
  assert.equal([change.left, change.joined], [[member(two)], [member(again)]])
})

test.run()
