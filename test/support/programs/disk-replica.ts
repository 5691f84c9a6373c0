// A process with a replica on a disk in memory, which outlives the replica: so a node can lose its power and come back
// with what it had stored. Its options name no voters: they are the configured nodes.

import { defineMachine, MemoryDisk, openReplica, type QuorumPolicy, type Replica } from '@quorate/core'
import { cpgTransport } from '@quorate/cpg-transport'
import { report, serve } from '../serve.ts'

const machine = defineMachine({
  name: 'words',
  version: 1,
  initial: () => ({ words: [] as string[] }),
  reducers: {
    add(state, word: string) {
      state.words.push(word)
    },
  },
})

const disk = new MemoryDisk()
let opened: Replica<typeof machine> | undefined

function replica(): Replica<typeof machine> {
  if (opened === undefined) throw new Error('No replica is open')
  return opened
}

serve({
  configuredNodes: () => cpgTransport().configuredNodes?.(),
  async open(group: string, policy: QuorumPolicy) {
    const transport = cpgTransport()
    opened = await openReplica({ machine, group, transport, policy, storage: disk.open() })
    opened.on('warning', (warning) => report(warning))
  },
  /** The end of the replica as it is when the power goes: what is not on the disk is lost. */
  async crash() {
    disk.crash()
    await replica().close()
  },
  add: (word: string, deadlineMs: number) => replica().with({ deadlineMs }).submit.add(word),
  read: (deadlineMs: number) => replica().read(({ words }) => words.join(' '), { deadlineMs }),
  standing() {
    const { primary, members, obstacle, role, voters } = replica().status
    return { primary, members: members.map(({ nodeid }) => nodeid), obstacle, role, voters: voters.nodeids }
  },
  reportFenced: (nodeid: number) => replica().reportFenced(nodeid),
})
