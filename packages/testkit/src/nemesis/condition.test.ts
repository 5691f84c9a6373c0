import { test } from 'uvu'
import { equal } from 'uvu/assert'
import { connectedGroups, nodeCondition } from './condition.ts'
import type { Fault, LinkFault } from './faults.ts'

const fine = { daemon: 'running', replica: 'running', link: null }
const slow: LinkFault = { kind: 'slow', nodes: [1, 2], delayMs: 5, jitterMs: 0, lossRatio: 0 }
const lossy: LinkFault = { kind: 'lossy', nodes: [1], delayMs: 0, jitterMs: 0, lossRatio: 0.1 }
const split = (...groups: number[][]): Fault => ({ kind: 'split', groups })

test('without faults everything runs and all reach one another', () => {
  equal(nodeCondition(1, []), fine)
  equal(connectedGroups([1, 2, 3], []), [[1, 2, 3]])
})

test('a fault concerns its node, and a node fault both of its processes', () => {
  const faults: Fault[] = [
    { kind: 'stop-replica', node: 1 },
    { kind: 'kill-node', node: 2 },
  ]
  equal(nodeCondition(1, faults), { ...fine, replica: 'stopped' })
  equal(nodeCondition(2, faults), { ...fine, daemon: 'dead', replica: 'dead' })
  equal(nodeCondition(3, faults), fine)
})

test('what is killed while it is stopped is dead, and stopped again when only that fault is left', () => {
  const stop: Fault = { kind: 'stop-daemon', node: 1 }
  equal(nodeCondition(1, [stop, { kind: 'kill-daemon', node: 1 }]).daemon, 'dead')
  equal(nodeCondition(1, [{ kind: 'kill-daemon', node: 1 }, stop]).daemon, 'dead')
  equal(nodeCondition(1, [stop]).daemon, 'stopped')
})

test('a loss of power kills daemon and replica of every node, whatever else is in force', () => {
  const faults: Fault[] = [{ kind: 'kill-all' }, { kind: 'stop-node', node: 1 }]
  for (const node of [1, 2, 3])
    equal(nodeCondition(node, faults), { ...fine, daemon: 'dead', replica: 'dead' })
})

test('partitions at one time separate whom either separates', () => {
  equal(connectedGroups([1, 2, 3, 4], [split([1, 2], [3, 4]), split([2], [1, 3, 4])]), [[1], [2], [3, 4]])
  equal(connectedGroups([1, 2, 3, 4], [split([2], [1, 3, 4])]), [[1, 3, 4], [2]])
})

test('of two faults on the links of a node the later one counts', () => {
  equal(nodeCondition(1, [slow, lossy]).link, lossy)
  equal(nodeCondition(1, [lossy, slow]).link, slow)
  equal(nodeCondition(2, [slow, lossy]).link, slow)
})

test.run()
