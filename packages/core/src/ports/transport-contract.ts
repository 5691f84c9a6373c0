// The contract that every transport passes: what ports/transport.ts guarantees, as cases for any test framework.
// How to run it on a transport of one's own: docs/transport.md.

import { killScenes, membershipScenes } from './transport-contract-membership.ts'
import { orderScenes } from './transport-contract-order.ts'
import { partitionScenes, restartScenes } from './transport-contract-rings.ts'
import { play } from './transport-contract-stage.ts'
import type { ContractCase, TransportContractSubject } from './transport-contract-subject.ts'

/**
 * The cases for `subject`. Each opens a cluster of three nodes, limits every wait, and ends with the checks that hold
 * whatever happened; a failure shows what was expected and the events that were seen.
 *
 * @example
 * for (const { name, run } of transportContract(subject)) test(name, run)
 */
export function transportContract(subject: TransportContractSubject): ContractCase[] {
  const scenes = [
    ...orderScenes,
    ...membershipScenes,
    ...(subject.abilities.includes('kill') ? killScenes : []),
    ...(subject.abilities.includes('partition') ? partitionScenes : []),
    ...(subject.abilities.includes('restart') ? restartScenes : []),
  ]
  return scenes.map(([name, scene]) => ({ name, run: () => play(subject, scene) }))
}
