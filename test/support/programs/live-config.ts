// A process with live configuration of its node's daemon: a section of a service, and those that corosync has anyway.

import {
  Cmap,
  configuredTotem,
  type LiveConfig,
  liveConfig,
  nodeList,
  quorum,
  type ReadyMade,
  runtimeMembers,
  totem,
} from '@quorate/cmap-config'
import { z } from 'zod'
import { report, serve } from '../serve.ts'

/** As `quorate { service { … } }` of corosync.conf, where all is text. */
const schema = z.object({
  batchMax: z.number().int().max(1000).default(100),
  ratio: z.number().default(1),
  bytesTotal: z.bigint().default(0n),
  verbose: z.boolean().default(false),
  label: z.string().default('none'),
  hosts: z.array(z.string()).default([]),
})

export type Service = z.infer<typeof schema>

export type SectionName = 'service' | 'totem' | 'configuredTotem' | 'nodeList' | 'quorum' | 'runtimeMembers'

const service = { prefix: 'quorate.service', schema }
const sections: Readonly<Record<SectionName, ReadyMade<unknown>>> = {
  ...{ service, totem, configuredTotem, nodeList, quorum, runtimeMembers },
}

/** Longer than a daemon takes to come back. */
const nextTimeoutMs = 20_000

const configs = new Map<SectionName, LiveConfig<unknown>>()
let cmap: Cmap | undefined

function config(name: SectionName): LiveConfig<unknown> {
  const found = configs.get(name)
  if (found === undefined) throw new Error(`${name} is not followed`)
  return found
}

serve({
  async open() {
    cmap = await Cmap.open({ down: () => report({ type: 'down' }), up: () => report({ type: 'up' }) })
  },
  /** Reports changes and problems from here on; the answer is what is there now. */
  async follow(name: SectionName) {
    if (cmap === undefined) throw new Error('No map is open')
    const followed = await liveConfig({
      map: cmap,
      ...sections[name],
      invalid: (problems) => report({ type: 'invalid', name, problems }),
    })
    configs.set(name, followed)
    followed.on('change', (change) => report({ type: 'change', name, ...change }))
    return followed.value
  },
  value: (name: SectionName) => config(name).value,
  problems: (name: SectionName) => config(name).problems,
  next: (name: SectionName) => config(name).next({ signal: AbortSignal.timeout(nextTimeoutMs) }),
})
