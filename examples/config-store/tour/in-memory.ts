// The stage in one process: three replicas on the in-memory network.

import type { Server } from 'node:http'
import { MemoryNetwork, openReplica } from '@quorate/core'
import { Endpoints, nodes, type Stage } from '../../stage/stage.ts'
import { storeServer } from '../http/server.ts'
import { type StoreReplica, store } from '../store.ts'

interface Running {
  readonly replica: StoreReplica
  readonly server: Server
}

export class MemoryStage implements Stage {
  readonly name = 'memory'
  readonly #network = new MemoryNetwork({ nodes })
  readonly #running = new Map<number, Running>()
  readonly #endpoints: Endpoints

  private constructor(port: number) {
    this.#endpoints = new Endpoints(port)
  }

  /** @throws {Error} a port is taken; nothing is left then */
  static async open(port: number): Promise<MemoryStage> {
    const stage = new MemoryStage(port)
    try {
      for (const node of nodes) await stage.restart(node)
      return stage
    } catch (error) {
      await stage.close()
      throw error
    }
  }

  url(node: number): string {
    return this.#endpoints.url(node)
  }

  async restart(node: number): Promise<void> {
    const transport = this.#network.node(node)
    const replica = await openReplica({ machine: store, group: 'config-store', transport, voters: nodes })
    const server = storeServer(replica)
    this.#running.set(node, { replica, server })
    await this.#endpoints.open(node, server)
  }

  async crash(node: number): Promise<void> {
    const running = this.#running.get(node)
    if (running === undefined) return
    this.#network.killProcess(running.replica.status.self)
    await this.#end(node, running)
  }

  async partition(components: readonly (readonly number[])[]): Promise<void> {
    this.#network.partition(components)
  }

  async heal(): Promise<void> {
    this.#network.heal()
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running].map(([node, running]) => this.#end(node, running)))
  }

  async #end(node: number, { replica, server }: Running): Promise<void> {
    this.#running.delete(node)
    server.closeAllConnections()
    server.close()
    await replica.close()
  }
}
