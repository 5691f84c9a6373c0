// Three replicas of a counter in this process: what an application writes, and what it sees when the network breaks.
// node --import tsx --conditions=@quorate/source examples/counter/main.ts

import { MemoryNetwork, openReplica, QuorateError, Rejection } from '@quorate/core'
import { counter } from './machine.ts'

const voters = [1, 2, 3]
const network = new MemoryNetwork({ nodes: voters })
const open = (nodeid: number) =>
  openReplica({ machine: counter, group: 'counter', transport: network.node(nodeid), voters })

await using first = await open(1)
await using second = await open(2)
await using third = await open(3)

third.subscribe(
  (state) => state.value,
  (value) => console.log(`  replica 3 has ${value}`),
)

console.log('A command goes to any replica; its promise is the result of the reducer:')
console.log(`  add(5) = ${await first.submit.add({ who: 'ann', by: 5 })}`)
console.log(`  a linearizable read on replica 2: ${await second.read((state) => state.value)}`)

console.log('A reducer may reject; the state stays as it was:')
await first.submit.hold({ who: 'ann', milliseconds: 200 })
const released = second.events().next()
try {
  await second.submit.add({ who: 'bob', by: 1 })
} catch (error) {
  if (!(error instanceof Rejection)) throw error
  console.log(`  ${error.code}: ${error.message}`)
}
await released
console.log(`  the timer of the hold has fired; add(1) = ${await second.submit.add({ who: 'bob', by: 1 })}`)

console.log('Replica 1 is cut off: what it is asked for waits, and it does not answer from an old state:')
network.partition([[1], [2, 3]])
const waiting = first.submit.add({ who: 'ann', by: 100 })
try {
  await first.with({ deadlineMs: 5000 }).read((state) => state.value)
} catch (error) {
  if (!(error instanceof QuorateError)) throw error
  console.log(`  ${error.code}: ${error.message}`)
}
console.log(`  the others go on: add(10) = ${await second.submit.add({ who: 'bob', by: 10 })}`)

console.log('It is back, and its command is committed, once:')
network.heal()
console.log(`  add(100) = ${await waiting}, led by node ${first.status.leader?.nodeid}`)
