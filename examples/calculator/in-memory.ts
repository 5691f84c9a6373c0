// The tour on three nodes of the in-memory network, in this process.

import { MemoryNetwork } from '@quorate/core'
import { CalculatorMember } from './member.ts'
import { group, type Report, takeTour } from './tour.ts'

export async function runInMemory(): Promise<Report[]> {
  const nodes = [1, 2, 3]
  const network = new MemoryNetwork({ nodes })
  const members = await Promise.all(nodes.map((nodeid) => CalculatorMember.join(network.node(nodeid), group)))
  const reports = await Promise.all(members.map(takeTour))
  await Promise.all(members.map((member) => member.close()))
  return reports
}
