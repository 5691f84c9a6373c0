// A machine whose state holds all that a state may; and groups of it on LMDB, in a folder of a test.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Context,
  defineMachine,
  MemoryNetwork,
  openReplica,
  type QuorumPolicy,
  type Replica,
  type ReplicaLimits,
  Table,
  type Warning,
} from '@quorate/core'
import { openLmdbStorage } from '@quorate/lmdb-storage'

interface Ledger {
  sum: number
  readonly words: string[]
  readonly marks: Map<string, number>
  readonly rows: Table<{ readonly word: string }>
  last: Uint8Array
}

export const ledger = defineMachine({
  name: 'ledger',
  version: 1,
  initial: (): Ledger => ({
    ...{ sum: 0, words: [], marks: new Map(), rows: new Table(), last: new Uint8Array(0) },
  }),
  reducers: {
    /** Each word once: `words` shows what was applied, in order. */
    note(state, word: string) {
      state.sum += 1
      state.words.push(word)
      state.marks.set(word, state.sum)
      state.rows.set(word, { word })
      state.last = Uint8Array.from(Buffer.from(word))
      return state.sum
    },
    later(_state, { word, afterMs }: { readonly word: string; readonly afterMs: number }, ctx: Context) {
      ctx.schedule('later', ctx.now + afterMs, 'note', word)
    },
  },
})

export type LedgerReplica = Replica<typeof ledger>

export interface GroupOptions {
  readonly voters?: readonly number[]
  /** Of the voters, those that are open; default: all. */
  readonly nodeids?: readonly number[]
  readonly policy?: QuorumPolicy
  readonly limits?: Partial<ReplicaLimits>
}

/** With little room: the log is soon replaced by a snapshot. */
export const smallLog: Partial<ReplicaLimits> = {
  logBytesMax: 200,
  retainedEntriesMax: 1,
  retainedBytesMax: 1,
}

export class TestFolder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'quorate-tools-'))
  readonly warnings: Warning[] = []

  /** The directory of a node's storage. */
  of(nodeid: number, life = ''): string {
    return join(this.path, `node-${nodeid}${life}`)
  }

  file(name: string): string {
    return join(this.path, name)
  }

  async open(
    nodeid: number,
    network: MemoryNetwork,
    life: string,
    { voters = [1, 2, 3], policy = 'majority', limits = {} }: GroupOptions,
  ): Promise<LedgerReplica> {
    const storage = await openLmdbStorage({ path: this.of(nodeid, life) })
    const transport = network.node(nodeid)
    const replica = await openReplica({
      machine: ledger,
      group: 'ledger',
      transport,
      voters,
      policy,
      limits,
      storage,
    })
    replica.on('warning', (warning) => this.warnings.push(warning))
    return replica
  }

  /** Opens a group, runs, and closes it; `life`: a suffix of the directories. */
  async run<T>(
    life: string,
    options: GroupOptions,
    act: (replicas: LedgerReplica[]) => Promise<T>,
  ): Promise<T> {
    const { voters = [1, 2, 3], nodeids = voters } = options
    const network = new MemoryNetwork({ nodes: [...voters] })
    const replicas = await Promise.all(nodeids.map((nodeid) => this.open(nodeid, network, life, options)))
    try {
      await Promise.all(replicas.map((replica) => replica.ready({ deadlineMs: 20_000 })))
      return await act(replicas)
    } finally {
      await Promise.all(replicas.map((replica) => replica.close()))
    }
  }

  remove(): void {
    rmSync(this.path, { recursive: true })
  }
}

/** `a0`, `a1`, …, by all replicas in turn. */
export async function note(replicas: readonly LedgerReplica[], prefix: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await replicas[i % replicas.length]?.submit.note(`${prefix}${i}`)
}

export const words = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`)
