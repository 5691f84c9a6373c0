// Three nodes in this process, each with a configuration file of its own: what changes while they run, and for whom.
// node --import tsx --conditions=@quorate/source examples/live-limits/main.ts

import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileMap } from '@quorate/cmap-config'
import { MemoryNetwork } from '@quorate/core'
import { buy, buyAll } from './buy.ts'
import { openService, type Service } from './service.ts'

const voters = [1, 2, 3]
const network = new MemoryNetwork({ nodes: voters })
const folder = await mkdtemp(join(tmpdir(), 'live-limits-'))
const told = new EventEmitter()
const pathOf = (nodeid: number): string => join(folder, `node-${nodeid}.json`)

/** As an operator does, in an editor. */
async function configure(nodeids: readonly number[], ticketsMax: number, limits = {}): Promise<void> {
  const text = JSON.stringify({ tickets: { ticketsMax }, quorate: { tickets: { limits } } })
  await Promise.all(nodeids.map((nodeid) => writeFile(pathOf(nodeid), text)))
}

async function open(nodeid: number): Promise<Service & AsyncDisposable> {
  const map = await FileMap.open({ path: pathOf(nodeid), lookIntervalMs: 50 })
  const service = await openService({
    ...{ map, voters, transport: network.node(nodeid), pauseMs: 500 },
    warning: (warning) => {
      if (warning.notice !== 'config-differs') return
      for (const { key, own, replicated } of warning.differences)
        console.log(`  node ${nodeid}: ${key} is ${own} here and ${replicated} in the group`)
      told.emit(`node ${nodeid}`)
    },
  })
  const close = (): Promise<void> => service.close().then(() => map.close())
  return { ...service, [Symbol.asyncDispose]: close }
}

type Replica = Service['replica']

const ten = Array.from({ length: 10 }, () => 'ten')
const configured = (replica: Replica) => replica.events().next()

try {
  await configure(voters, 1)
  await using first = await open(1)
  await using second = await open(2)
  await using third = await open(3)
  const replicas = [first, second, third].map(({ replica }) => replica)
  await Promise.all(replicas.map((replica) => replica.ready()))
  await Promise.all(replicas.map((replica) => replica.read((state) => state.config)))

  console.log('Every file says that there is one ticket:')
  console.log(`  ann: ${await buy(second.replica, 'ann')}`)
  console.log(`  bob: ${await buy(second.replica, 'bob')}`)

  console.log('Every file says two; the leader brings it to all, at one place in the log:')
  const heard = replicas.map(configured)
  await configure(voters, 2)
  const indexes = (await Promise.all(heard)).map(({ value }) => value?.index)
  console.log(`  the same index on all replicas: ${new Set(indexes).size === 1}`)
  console.log(`  bob: ${await buy(second.replica, 'bob')}`)

  console.log('Node 2 is given smaller batches, which is its own affair:')
  console.log(`  ten commands make ${(await buyAll(second.replica, ten)).entries} entry`)
  const tuned = second.replica.once('tuned')
  await configure([2], 2, { batchCommandsMax: 2 })
  console.log(`  changed: ${(await tuned).changed}`)
  console.log(`  ten commands make ${(await buyAll(second.replica, ten)).entries} entries`)

  console.log('Only the file of node 3 says nine tickets; it does not lead, and says so:')
  const differs = once(told, 'node 3')
  await configure([3], 9)
  await differs
  console.log(`  cid: ${await buy(third.replica, 'cid')}`)
} finally {
  await rm(folder, { recursive: true })
}
