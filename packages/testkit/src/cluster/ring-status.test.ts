import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isRingOf } from './agreement.ts'
import { parseRingStatus } from './ring-status.ts'

const test = suite('ring status')

/** What corosync-quorumtool 3.1.7 prints. */
const printed = `Quorum information
------------------
Date:             Sat Nov 21 11:11:01 2026
Quorum provider:  corosync_votequorum
Nodes:            2
Node ID:          2
Ring ID:          1.2c
Quorate:          No

Votequorum information
----------------------
Expected votes:   5
Highest expected: 5
Total votes:      2
Quorum:           3 Activity blocked
Flags:            

Membership information
----------------------
    Nodeid      Votes Name
        10          1 10.0.0.10
         2          1 10.0.0.2 (local)
`

test('reads ring, members in ascending order, and quorum', () => {
  assert.equal(parseRingStatus(printed), { ringId: '1.2c', members: [2, 10], quorate: false })
})

test('an error of the tool is no status', () => {
  assert.is(parseRingStatus('Cannot initialize QUORUM service\n'), undefined)
})

const ring = { ringId: '1.2c', members: [1, 2], quorate: true }

test('nodes with the same ring and exactly the wanted members agree', () => {
  assert.ok(isRingOf([ring, ring], [2, 1]))
})

test('another ring id, another member, or no answer is no agreement', () => {
  assert.not(isRingOf([ring, { ...ring, ringId: '1.30' }], [1, 2]))
  assert.not(isRingOf([ring, { ...ring, members: [1, 2, 3] }], [1, 2]))
  assert.not(isRingOf([ring, undefined], [1, 2]))
  assert.not(isRingOf([undefined, undefined], [1, 2]))
})

test.run()
