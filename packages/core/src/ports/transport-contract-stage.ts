// Where a case of the contract plays: a cluster, members that are watched, and the checks at the end.

import assert from 'node:assert/strict'
import { assertLogsConsistent } from './transport-contract-checks.ts'
import type { ContractCluster, TransportContractSubject } from './transport-contract-subject.ts'
import { Witness } from './transport-contract-witness.ts'

const waitMsDefault = 5000

/** A part of the contract that plays on a stage. */
export type Scene = readonly [name: string, play: (stage: Stage) => Promise<void>]

export class Stage {
  readonly cluster: ContractCluster
  readonly #group: string
  readonly #waitMs: number
  readonly #witnesses = new Map<string, Witness[]>()

  constructor(cluster: ContractCluster, group: string, waitMs: number) {
    this.cluster = cluster
    this.#group = group
    this.#waitMs = waitMs
  }

  /** The id of the cluster's first node, second node … */
  node(place: number): number {
    const nodeid = this.cluster.nodes[place - 1]
    assert.ok(
      nodeid !== undefined,
      `The cluster has ${this.cluster.nodes.length} nodes; the case needs ${place}`,
    )
    return nodeid
  }

  /** Joins on the cluster's `place`th node, in a group of this case alone. */
  async join(place: number, groupSuffix = ''): Promise<Witness> {
    const group = `${this.#group}${groupSuffix}`
    const witness = new Witness(await this.cluster.join(this.node(place), group), this.#waitMs)
    this.#witnesses.set(group, [...(this.#witnesses.get(group) ?? []), witness])
    return witness
  }

  /** One member on each of the first three nodes, who all see each other. */
  async joinThree(): Promise<[Witness, Witness, Witness]> {
    const three: [Witness, Witness, Witness] = [await this.join(1), await this.join(2), await this.join(3)]
    await Promise.all(three.map((witness) => witness.untilMembers(three)))
    return three
  }

  /** Checks what must hold whatever happened. */
  async checkLogs(): Promise<void> {
    for (const witnesses of this.#witnesses.values()) {
      await Promise.all(witnesses.map((witness) => witness.refresh()))
      assertLogsConsistent(witnesses)
    }
  }
}

let stages = 0

/** Opens a cluster, plays the scene, checks the logs of all members, and closes the cluster in any case. */
export async function play(
  subject: TransportContractSubject,
  scene: (stage: Stage) => Promise<void>,
): Promise<void> {
  const cluster = await subject.open(3)
  stages += 1
  try {
    const stage = new Stage(cluster, `contract-${process.pid}-${stages}`, subject.waitMs ?? waitMsDefault)
    await scene(stage)
    await stage.checkLogs()
  } finally {
    await cluster.close()
  }
}
