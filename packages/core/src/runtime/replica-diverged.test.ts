// A replica whose state is not the majority's begins anew from theirs; if that does not help, it stops for good.

import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { defineMachine } from '../machine/define-machine.ts'
import { MemoryNetwork } from '../memory/memory-network.ts'
import { MemoryDisk } from '../memory/memory-storage.ts'
import { failureOf, until } from './cluster.test-support.ts'
import { openReplica } from './open-replica.ts'
import type { Replica } from './replica.ts'

const test = suite('diverged')

/** A machine with a bug: it adds a variable outside of the state, which is 0 where nothing else is said. */
function skewedCounter() {
  const outside = { skew: 0 }
  const machine = defineMachine({
    name: 'skewed',
    version: 1,
    initial: () => ({ value: 0 }),
    reducers: {
      add(state, by: number, ctx) {
        state.value += by + outside.skew
        ctx.emit(by)
        return state.value
      },
    },
  })
  return { outside, machine }
}

type Skewed = Replica<ReturnType<typeof skewedCounter>['machine']>

interface Node {
  readonly replica: Skewed
  readonly outside: { skew: number }
  readonly disk: MemoryDisk
  readonly told: string[]
}

type Three = readonly [Node, Node, Node]

async function open(network: MemoryNetwork, nodeid: number): Promise<Node> {
  const { machine, outside } = skewedCounter()
  const disk = new MemoryDisk()
  const replica = await openReplica({
    ...{ machine, group: 'test', voters: [1, 2, 3], guard: false },
    ...{ transport: network.node(nodeid), storage: disk.open() },
    limits: { batchCommandsMax: 1, proposalsInFlightMax: 1 },
    timeouts: { noQuorumMs: 5000, collectionMs: 10 },
  })
  const told: string[] = []
  for (const name of ['diverged', 'primary', 'current', 'stopped'] as const)
    replica.on(name, () => told.push(name))
  return { replica, outside, disk, told }
}

function onThree(play: (nodes: Three, network: MemoryNetwork) => Promise<void>) {
  return async (): Promise<void> => {
    const network = new MemoryNetwork({ nodes: [1, 2, 3] })
    const nodes = (await Promise.all([1, 2, 3].map((nodeid) => open(network, nodeid)))) as unknown as Three
    try {
      await Promise.all(nodes.map(({ replica }) => replica.ready({ deadlineMs: 5000 })))
      for (const { told } of nodes) told.length = 0
      await play(nodes, network)
    } finally {
      await Promise.all(nodes.map(({ replica }) => replica.close()))
    }
  }
}

/** One command that goes wrong on `node`, and is applied everywhere. */
async function skewOnce(node: Node, nodes: Three): Promise<void> {
  node.outside.skew = 1
  await nodes[0].replica.submit.add(10)
  await Promise.all(nodes.map(({ replica }) => replica.read(() => {})))
  node.outside.skew = 0
}

/** Another epoch, whose first entry is one at which digests are compared. */
const beginEpoch = (network: MemoryNetwork): void => network.reform([1, 2, 3])

const isBack = ({ told }: Node): boolean => told.includes('diverged') && told.at(-1) === 'current'

for (const place of [0, 1, 2] as const) {
  test(
    `node ${place + 1} begins anew from the state of the others, and counts again`,
    onThree(async (nodes, network) => {
      const node = nodes[place]
      const { replica, told, disk } = node
      await skewOnce(node, nodes)
      assert.is(replica.state.value, 11)
      const diverged = replica.once('diverged')
      beginEpoch(network)
      const { after, index } = await diverged
      assert.ok(after < index)
      await until(() => isBack(node), 'it is current')
      assert.is(replica.state.value, 10)
      assert.is(replica.status.divergences, 1)
      assert.equal(told.filter((name) => name === 'diverged').length, 1)
      assert.is(disk.asides.length, 1)
      const [other] = nodes.filter((each) => each !== node) as [Node]
      await other.replica.close()
      await until(() => replica.status.members.length === 2, 'two are left')
      assert.is(await replica.submit.add(1), 11)
    }),
  )
}

test(
  'bounds that were tuned stay when the replica begins anew',
  onThree(async (nodes, network) => {
    const [node] = nodes
    const { replica } = node
    replica.tune({ limits: { batchCommandsMax: 512 } })
    await skewOnce(node, nodes)
    beginEpoch(network)
    await until(() => isBack(node), 'it is current')
    const before = replica.status.applied
    await Promise.all(Array.from({ length: 10 }, () => replica.submit.add(1)))
    assert.is(replica.status.applied - before, 1)
  }),
)

test('a machine that is other on one node for good stops its replica, also where it replays the entries', async () => {
  const network = new MemoryNetwork({ nodes: [1, 2, 3] })
  const opened = await Promise.all(
    [1, 2, 3].map(async (nodeid) => {
      const { machine, outside } = skewedCounter()
      outside.skew = nodeid === 3 ? 1 : 0
      return openReplica({ machine, group: 'test', voters: [1, 2, 3], transport: network.node(nodeid) })
    }),
  )
  const [first, , third] = opened as [Replica, Replica, Replica]
  const told: string[] = []
  for (const name of ['diverged', 'stopped'] as const) third.on(name, () => told.push(name))
  await Promise.all(opened.map((replica) => replica.ready()))
  await opened[0]?.submit.add(10)
  network.partition([[1, 2], [3]])
  await until(() => first.status.members.length === 2, 'two are left')
  network.heal()
  await until(() => told.includes('stopped'), 'it has stopped')
  assert.equal(told, ['diverged', 'diverged', 'diverged', 'stopped'])
  await Promise.all(opened.map((replica) => replica.close()))
})

test(
  'the wrong state is not shown any more, and neither subscribers nor readers of events see what was',
  onThree(async (nodes, network) => {
    const node = nodes[2]
    const heard: unknown[] = []
    const events = node.replica.events()
    await skewOnce(node, nodes)
    node.replica.subscribe(
      (state) => state.value,
      (value, before) => heard.push([before, value]),
    )
    let shown: unknown
    node.replica.on('diverged', () => {
      shown = node.replica.state.value
    })
    beginEpoch(network)
    await until(() => isBack(node), 'it is current')
    await nodes[0].replica.submit.add(5)
    assert.is(await node.replica.read((state) => state.value), 15)
    assert.is(shown, 0)
    assert.equal(heard.at(0), [11, 10])
    await node.replica.close()
    const emitted: unknown[] = []
    for await (const { event } of events) emitted.push(event)
    assert.equal(emitted, [10, 5])
  }),
)

/** Reads again and again, and so has one open when it happens; what that one is answered. */
async function readUntilDiverged(replica: Skewed): Promise<number> {
  for (;;) {
    const value = await replica.read((state) => state.value, { deadlineMs: 5000 })
    if (replica.status.divergences > 0) return value
  }
}

test(
  'what was sent has an unknown outcome; what was not, and reads, are answered once it is back',
  onThree(async (nodes, network) => {
    const { replica } = nodes[2]
    await skewOnce(nodes[2], nodes)
    const reads = readUntilDiverged(replica)
    beginEpoch(network)
    const outcomes: string[] = []
    const commands = Array.from({ length: 100 }, async (_, place) => {
      outcomes[place] = await failureOf(replica.submit.add(1000))
    })
    await Promise.all(commands)
    const unknown = outcomes.filter((outcome) => outcome === 'Diverged unknown').length
    const applied = outcomes.filter((outcome) => outcome === 'fulfilled').length
    assert.is(unknown + applied, 100)
    assert.ok(unknown >= 1 && unknown <= 2, `${unknown} unknown`)
    assert.is(outcomes.at(-1), 'fulfilled')
    const value = await replica.read((state) => state.value)
    assert.ok(value >= 10 + 1000 * applied && value <= 10 + 1000 * 100)
    assert.is((await reads) % 1000, 10)
    assert.is(nodes[0].replica.state.value, value)
  }),
)

test(
  'one that differs again and again stops for good, and says what to look for',
  onThree(async (nodes, network) => {
    const { replica, outside, told } = nodes[1]
    const stopped = replica.once('stopped')
    for (let round = 1; round <= 3; round++) {
      await skewOnce(nodes[1], nodes)
      beginEpoch(network)
      await until(() => replica.status.divergences === round, `divergence ${round}`)
      if (round < 3) await until(() => told.at(-1) === 'current', `it is back after ${round}`)
    }
    const { error } = await stopped
    assert.is(outside.skew, 0)
    assert.is(error.code, 'Diverged')
    assert.match(error.message, /time 3 within 10 minutes.*find out what is other on this node/)
    // It has one version only.
    assert.not.match(error.message, /initial/)
    assert.is(await failureOf(replica.submit.add(1)), 'Diverged unapplied')
    await until(() => nodes[0].replica.status.members.length === 2, 'it has left')
    assert.is(await nodes[0].replica.submit.add(1), 31)
  }),
)

test.run()
