import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { corosyncConf, isQuorum } from './corosync-files.ts'

const test = suite('configuration of a cluster')

test('names every node, and its votes where they differ', () => {
  const conf = corosyncConf([1, 2], { tokenMs: 500, quorum: { votes: { 2: 3 } } })
  assert.is(conf.get('nodelist.node.1.nodeid'), '2')
  assert.is(conf.get('nodelist.node.1.ring0_addr'), '10.0.0.2')
  assert.is(conf.get('nodelist.node.0.quorum_votes'), undefined)
  assert.is(conf.get('nodelist.node.1.quorum_votes'), '3')
})

test('the token is what was asked for, however many nodes there are', () => {
  const conf = corosyncConf([1, 2, 3], { tokenMs: 500 })
  assert.is(conf.get('totem.token'), '500')
  assert.is(conf.get('totem.token_coefficient'), '0')
})

test('passes the options of votequorum on, and none that was not given', () => {
  const conf = corosyncConf([1, 2], { tokenMs: 500, quorum: { twoNode: true, waitForAll: false } })
  assert.is(conf.get('quorum.two_node'), '1')
  assert.is(conf.get('quorum.wait_for_all'), '0')
  assert.is(conf.get('quorum.last_man_standing'), undefined)
})

test('a majority of the votes is quorate at the start, half is not', () => {
  assert.ok(isQuorum([1, 2], [1, 2, 3]))
  assert.not(isQuorum([1, 2], [1, 2, 3, 4]))
  assert.ok(isQuorum([1], [1, 2, 3], { votes: { 1: 3 } }))
  assert.not(isQuorum([1, 2, 3], [1, 2, 3], { expectedVotes: 7 }))
})

test('two nodes with two_node and without wait_for_all do with one', () => {
  assert.ok(isQuorum([1], [1, 2], { twoNode: true, waitForAll: false }))
  assert.not(isQuorum([1], [1, 2], { twoNode: true }))
})

test.run()
