// Options that are objects of others: that they have the methods that will be called, for callers without types.

import type { ReplicaOptions } from './replica-options.ts'

interface Port {
  readonly methods: readonly string[]
  readonly give: string
  readonly optional?: true
}

const ports = {
  machine: { methods: ['open', 'limits'], give: 'give what defineMachine returned' },
  transport: {
    methods: ['join', 'nodeid'],
    give: 'give a Transport, such as cpgTransport() or new MemoryNetwork({ nodes: [1] }).node(1)',
  },
  storage: {
    methods: ['load', 'write', 'close'],
    give: 'give a Storage, such as new MemoryDisk().open(), or leave it out',
    optional: true,
  },
  clock: {
    methods: ['monotonicMs', 'wallMs', 'setTimer'],
    give: 'give a Clock, or leave it out for the clock of the system',
    optional: true,
  },
} satisfies { readonly [Name in keyof ReplicaOptions]?: Port }

/** What to change; `null`: all have what they need. */
export function portFault(options: ReplicaOptions): string | null {
  for (const [name, port] of Object.entries<Port>(ports)) {
    const fault = faultOf(options[name as keyof typeof ports], port)
    if (fault !== null) return `${name} ${fault}: ${port.give}`
  }
  return null
}

function faultOf(given: unknown, { methods, optional }: Port): string | null {
  if (given === undefined || given === null) return optional === true ? null : 'is missing'
  const missing = methods.find((method) => typeof (given as Record<string, unknown>)[method] !== 'function')
  return missing === undefined ? null : `has no method ${missing}()`
}
