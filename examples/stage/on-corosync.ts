// The stage on real corosync: three daemons, each in a network namespace of its own, and a process per replica.
//
// A process in there cannot be reached from outside over the network. So each gets its listening socket from here, as
// from a service manager: the socket stays in the network that it was opened in.

import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { CorosyncCluster } from '@quorate/testkit'
import { Endpoints, nodes, type Stage } from './stage.ts'

export class CorosyncStage implements Stage {
  readonly name = 'corosync'
  readonly #cluster: CorosyncCluster
  readonly #program: string
  readonly #processes = new Map<number, ChildProcess>()
  readonly #endpoints: Endpoints

  private constructor(cluster: CorosyncCluster, program: string, port: number) {
    this.#cluster = cluster
    this.#program = program
    this.#endpoints = new Endpoints(port)
  }

  /**
   * @param program one replica's: it asks for its socket by any message, and is sent it as `listen`
   * @throws {Error} no cluster can be started here, or a port is taken; nothing is left then
   */
  static async open(program: string, port: number): Promise<CorosyncStage> {
    const stage = new CorosyncStage(await CorosyncCluster.start({ nodes: nodes.length }), program, port)
    try {
      await Promise.all(nodes.map((node) => stage.restart(node)))
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
    const child = this.#cluster.node(node).spawn(process.execPath, [...process.execArgv, this.#program], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    this.#processes.set(node, child)
    await asksForSocket(child, node)
    // Who connects before the process has the socket is sent away, as by a process that is not there.
    const listener = createServer((socket) => socket.destroy())
    await this.#endpoints.open(node, listener)
    child.send('listen', listener, () => listener.close())
  }

  async crash(node: number): Promise<void> {
    const child = this.#processes.get(node)
    if (child === undefined || !child.kill('SIGKILL')) return
    await once(child, 'exit')
  }

  partition(components: readonly (readonly number[])[]): Promise<void> {
    return this.#cluster.partition(components)
  }

  heal(): Promise<void> {
    return this.#cluster.heal()
  }

  close(): Promise<void> {
    return this.#cluster.close()
  }
}

/** The process's first message. A socket that came before it would accept connections that nobody serves yet. */
async function asksForSocket(child: ChildProcess, node: number): Promise<void> {
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`The replica of node ${node} ended with ${code ?? signal} before it could serve`)
  })
  await Promise.race([once(child, 'message'), ended])
  // From here on it may end: the tour crashes it, or is over.
  ended.catch(() => {})
}
