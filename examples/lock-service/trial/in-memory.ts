// Three nodes of the service in this process, on a network within it.

import { MemoryNetwork } from '@quorate/core'
import { nodes } from '../../stage/stage.ts'
import { type LockNode, openNode } from '../server/node.ts'

/** Nodes that answer somewhere. */
export interface Trial {
  readonly urls: readonly string[]
  close(): Promise<void>
}

/** @throws {Error} a port is taken; nothing is left then */
export async function openInMemory(port: number): Promise<Trial> {
  const network = new MemoryNetwork({ nodes })
  const opened: LockNode[] = []
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((node) => node.close()))
  }
  try {
    const urls: string[] = []
    for (const [place, nodeid] of nodes.entries()) {
      const node = await openNode({
        ...{ group: 'lock-service', transport: network.node(nodeid), voters: nodes },
        ...{ map: null, prefix: '' },
      })
      opened.push(node)
      urls.push(await node.app.listen({ host: '127.0.0.1', port: port === 0 ? 0 : port + place }))
    }
    await Promise.all(opened.map(({ replica }) => replica.ready()))
    return { urls, close }
  } catch (error) {
    await close()
    throw error
  }
}
