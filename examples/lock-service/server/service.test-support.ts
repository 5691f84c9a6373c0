// Three nodes of the service in this process, without sockets unless a test listens, and what its tests say to them.

import { setTimeout as sleep } from 'node:timers/promises'
import { MemoryNetwork, openReplica } from '@quorate/core'
import { type LockReplica, locks } from '../machine/machine.ts'
import { type AppOptions, type LockApp, lockApp } from './app.ts'

const nodeids = [1, 2, 3]

// biome-ignore lint/suspicious/noExplicitAny: tests look at what there is.
type Body = any

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: Body
}

export interface AskOptions {
  /** From 1 on. Default: the first. */
  readonly node?: number
  readonly token?: string
}

export class Nodes {
  readonly network = new MemoryNetwork({ nodes: nodeids })
  readonly replicas: LockReplica[] = []
  readonly apps: LockApp[] = []

  static async open(options: Omit<AppOptions, 'replica'> = {}): Promise<Nodes> {
    const nodes = new Nodes()
    for (const nodeid of nodeids) {
      const transport = nodes.network.node(nodeid)
      const replica = await openReplica({ machine: locks, group: 'locks', transport, voters: nodeids })
      nodes.replicas.push(replica)
      nodes.apps.push(await lockApp({ logs: false, ...options, replica }))
    }
    await Promise.all(nodes.replicas.map((replica) => replica.ready()))
    return nodes
  }

  app(node = 1): LockApp {
    return this.apps[node - 1] as LockApp
  }

  replica(node = 1): LockReplica {
    return this.replicas[node - 1] as LockReplica
  }

  readonly ask = async (
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: object,
    { node, token }: AskOptions = {},
  ): Promise<Answer> => {
    const answer = await this.app(node).app.inject({
      ...{ method, url },
      ...(body && { body }),
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
    })
    const { statusCode: status, headers, payload } = answer
    const isJson = `${headers['content-type']}`.startsWith('application/json')
    return { status, headers, body: isJson ? JSON.parse(payload) : payload }
  }

  /** Its name. */
  async openSession(options: AskOptions & { readonly ttlMs?: number } = {}): Promise<string> {
    const { ttlMs = 60_000, ...rest } = options
    const { body } = await this.ask('POST', '/sessions', { ttlMs }, rest)
    return body.session
  }

  /** Asks for a lock, exclusively, by a request that is called as it. */
  acquire(
    session: string,
    lock: string,
    more: object = {},
    holdMs = 0,
    options?: AskOptions,
  ): Promise<Answer> {
    const body = { id: lock, wants: [{ mode: 'exclusive', lock }], ...more }
    return this.ask('POST', `${pathOf(session)}/requests?holdMs=${holdMs}`, body, options)
  }

  release(session: string, lock: string, options?: AskOptions): Promise<Answer> {
    return this.ask('DELETE', `${pathOf(session)}/requests/${lock}`, undefined, options)
  }

  /** Requests that are held open, and what they wait for, of a node. */
  held(node = 1): readonly number[] {
    const { holds, waits } = this.app(node).service
    return [holds.count, waits.count]
  }

  /** Fulfilled when so many are held open. */
  async untilHeld(count: number, node = 1): Promise<void> {
    while (this.app(node).service.holds.count !== count) await sleep(2)
  }

  async close(): Promise<void> {
    await Promise.all(this.apps.map(({ app }) => app.close()))
    await Promise.all(this.replicas.map((replica) => replica.close()))
  }
}

export const pathOf = (session: string): string => `/sessions/${encodeURIComponent(session)}`

/** A suite's tests have the same nodes, and names of their own. */
export interface Context {
  nodes: Nodes
}
