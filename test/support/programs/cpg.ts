// A process with any number of Cpg handles, steered by the test.

import { Cpg, type CpgOptions } from '@quorate/cpg-transport'
import { report, serve } from '../serve.ts'

const handles = new Map<string, Cpg>()

function handle(name: string): Cpg {
  const found = handles.get(name)
  if (found === undefined) throw new Error(`No handle ${name}`)
  return found
}

serve({
  async open(name: string, options: CpgOptions = {}) {
    const cpg = await Cpg.open(
      {
        deliver: ({ group, from, bytes }) =>
          report({ type: 'deliver', name, group, from, text: Buffer.from(bytes).toString() }),
        confchg: (change) => report({ type: 'confchg', name, ...change }),
        totemConfchg: (change) => report({ type: 'totem', name, ...change }),
        down: (error) => report({ type: 'down', name, message: error.message }),
      },
      options,
    )
    handles.set(name, cpg)
  },
  join: (name: string, group: string) => handle(name).join(group),
  leave: (name: string) => handle(name).leave(),
  close: (name: string) => handle(name).close(),
  mcast: (name: string, text: string) => handle(name).mcast(Buffer.from(text)),
  get: (
    name: string,
    property: 'nodeid' | 'self' | 'atomicBytesMax' | 'flowControlState' | 'context' | 'open',
  ) => handle(name)[property],
  members: (name: string, group: string) => handle(name).members(group),
  groups: (name: string, type: 'ALL' | 'NAME_ONLY') => handle(name).groups(type),
  groupMembers: (name: string, group: string) => handle(name).groups('ONE_GROUP', group),
})
