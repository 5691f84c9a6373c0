// A process with a replica that its node's daemon configures: bounds by `tuneReplica`, what the reducers read by
// `replicatedConfig`. Tells the test what happens, in order.

import { Cmap, liveConfig, replicatedConfig, tuneReplica } from '@quorate/cmap-config'
import { defineMachine, openReplica, type Replica } from '@quorate/core'
import { cpgTransport } from '@quorate/cpg-transport'
import { z } from 'zod'
import { report, serve } from '../serve.ts'

const settings = z.object({ limit: z.number().int(), label: z.string().default('') })

export type Shared = z.infer<typeof settings>

const machine = defineMachine({
  name: 'shared',
  version: 1,
  initial: () => ({ config: null as Shared | null, count: 0 }),
  reducers: {
    configure(state, config: Shared, ctx) {
      state.config = config
      ctx.emit(config)
    },
    add(state) {
      state.count += 1
    },
  },
})

let opened: Replica<typeof machine> | undefined

function replica(): Replica<typeof machine> {
  if (opened === undefined) throw new Error('No replica is open')
  return opened
}

async function follow(each: Replica<typeof machine>): Promise<void> {
  for await (const { index, event } of each.events()) report({ type: 'configured', index, config: event })
}

/** Without a handler of its own, warnings are what they are for any application: those of the process. */
process.on('warning', ({ message, ...rest }) => {
  if ('code' in rest) report({ type: 'process-warning', message, code: rest.code })
})

serve({
  async open(pauseMs: number) {
    const map = await Cmap.open()
    const config = await liveConfig({ map, prefix: 'service', schema: settings })
    opened = await openReplica({ machine, group: 'shared', transport: cpgTransport() })
    void follow(opened)
    opened.on('tuned', ({ changed }) => report({ type: 'tuned', changed }))
    config.on('change', ({ cause, value }) => report({ type: 'own', cause, config: value }))
    await tuneReplica(opened, map)
    replicatedConfig({
      ...{ replica: opened, config, pauseMs },
      select: (state) => state.config,
      submit(value) {
        report({ type: 'submitted', config: value })
        return replica().submit.configure(value)
      },
      equal: () => report({ type: 'equal' }),
    })
    await opened.ready({ deadlineMs: 20_000 })
  },
  standing() {
    const { leader, primary, members, applied } = replica().status
    return { ...{ leader: leader?.nodeid, primary, applied }, members: members.map(({ nodeid }) => nodeid) }
  },
  config: () => replica().state.config,
  batchCommandsMax: () => replica().bounds.limits.batchCommandsMax,
  /** As many commands of one moment; how many entries of the log they made. */
  async add(count: number) {
    const before = replica().status.applied
    await Promise.all(Array.from({ length: count }, () => replica().submit.add()))
    return replica().status.applied - before
  },
})
