// The namespaces of a cluster: one per node, and one for the switch between them.

import { hostnameOf, privateDirectories } from './corosync-files.ts'
import { Namespace } from './namespace.ts'

/** Where a cluster runs. */
export interface Machines {
  /** Holds the bridge, and no corosync. */
  readonly switch: Namespace
  /** By nodeid, ascending. */
  readonly nodes: ReadonlyMap<number, Namespace>
}

/**
 * Makes the namespaces of the nodes `ids`, all at once.
 *
 * @throws {Error} one of them could not be made; the others are gone then
 */
export async function startMachines(ids: readonly number[]): Promise<Machines> {
  const outcomes = await Promise.allSettled([
    Namespace.create('switch', []),
    ...ids.map((id) => Namespace.create(hostnameOf(id), privateDirectories)),
  ])
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  const made = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value)
  if (failed !== undefined) {
    await Promise.all(made.map((namespace) => namespace.close()))
    throw failed.reason
  }
  const [hub, ...nodes] = made as [Namespace, ...Namespace[]]
  return { switch: hub, nodes: new Map(nodes.map((node, index) => [ids[index] ?? 0, node])) }
}

/** Ends every process in the namespaces, and so the namespaces. */
export async function closeMachines(machines: Machines): Promise<void> {
  await Promise.all([machines.switch, ...machines.nodes.values()].map((namespace) => namespace.close()))
}
