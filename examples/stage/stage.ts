// Where examples show themselves: three nodes, each with a replica behind an HTTP endpoint of its own.

import type { Server } from 'node:net'
import { listen } from '../listen.ts'

export const nodes: readonly number[] = [1, 2, 3]

/** What may happen to the nodes, whatever they are made of. */
export interface Stage {
  readonly name: 'memory' | 'corosync'
  /** Where the replica of this node answers; the same again after a restart. */
  url(node: number): string
  /** Ends the node's replica without farewell: what it had in memory is gone. */
  crash(node: number): Promise<void>
  restart(node: number): Promise<void>
  /** From now on nodes reach each other within their component only. */
  partition(components: readonly (readonly number[])[]): Promise<void>
  heal(): Promise<void>
  close(): Promise<void>
}

/** The endpoints' ports, one after the other from the first; with 0, whichever are free at the first opening. */
export class Endpoints {
  readonly #ports: Map<number, number>

  constructor(first: number) {
    this.#ports = new Map(nodes.map((node, place) => [node, first === 0 ? 0 : first + place]))
  }

  /**
   * Lets `server` listen at the node's endpoint, on this machine only.
   *
   * @throws {Error} the port is taken
   */
  async open(node: number, server: Server): Promise<void> {
    const port = this.#ports.get(node) ?? 0
    await listen(server, port)
    this.#ports.set(node, (server.address() as { readonly port: number }).port)
  }

  url(node: number): string {
    return `http://127.0.0.1:${this.#ports.get(node)}`
  }
}
