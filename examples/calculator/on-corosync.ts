// The tour on three real corosync nodes of this machine, one process each.

import { fileURLToPath } from 'node:url'
import { type ClusterNode, CorosyncCluster } from '@quorate/testkit'
import { memberCount, type Report } from './tour.ts'

export async function runOnCorosync(progress: (line: string) => void): Promise<Report[]> {
  progress(`Starting ${memberCount} corosync daemons, each in a network namespace of its own ...`)
  const cluster = await CorosyncCluster.start({ nodes: memberCount })
  try {
    progress('They have formed a ring. Starting one member process on each ...')
    return await Promise.all(cluster.nodes.map(runMember))
  } finally {
    await cluster.close()
  }
}

async function runMember(node: ClusterNode): Promise<Report> {
  const file = fileURLToPath(new URL('./process.ts', import.meta.url))
  const { stdout, stderr, code } = await node.exec(process.execPath, [...process.execArgv, file])
  if (code !== 0) throw new Error(`The member on node ${node.id} ended with ${code}:\n${stderr}`)
  return JSON.parse(stdout) as Report
}
