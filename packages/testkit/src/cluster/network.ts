// The wires: each node has one device, eth0, plugged into a bridge in a namespace of its own, the switch. A blocked
// direction is a neighbour entry that leads nowhere: silent, one-way, immediate, and nothing but iproute2 is needed.

import { addressOf, hardwareAddressOf, nobody, switchId } from './addresses.ts'
import type { Machines } from './machines.ts'
import type { Namespace } from './namespace.ts'

/** The network between the nodes of one cluster. */
export class Network {
  readonly machines: Machines
  readonly #blocked = new Set<string>()
  /** The devices through which nodes send to one another; each has its own neighbour entries. */
  readonly #devices = new Map<number, string[]>()

  private constructor(machines: Machines) {
    this.machines = machines
    for (const id of machines.nodes.keys()) this.#devices.set(id, ['eth0'])
  }

  /** Plugs every node into the switch. */
  static async connect(machines: Machines): Promise<Network> {
    const ids = [...machines.nodes.keys()]
    await machines.switch.ip(switchCommands(machines))
    await Promise.all([...machines.nodes].map(([id, node]) => node.ip(nodeCommands(id, ids))))
    return new Network(machines)
  }

  /** The numbers of all nodes. */
  get ids(): number[] {
    return [...this.machines.nodes.keys()]
  }

  /** The namespace of a node. */
  namespaceOf(id: number): Namespace {
    const namespace = this.machines.nodes.get(id)
    if (namespace === undefined) throw new RangeError(`There is no node ${id}.`)
    return namespace
  }

  /** All nodes but this one. */
  peersOf(id: number): number[] {
    return this.ids.filter((other) => other !== id)
  }

  /** True while nothing that `from` sends reaches `to`. */
  isBlocked(from: number, to: number): boolean {
    return this.#blocked.has(`${from} ${to}`)
  }

  /** From now on `from` sends to its peers through `device` too, under the blocks in force. */
  async addDevice(from: number, device: string): Promise<void> {
    this.#devices.get(from)?.push(device)
    await this.namespaceOf(from).ip(this.peersOf(from).map((to) => this.#neighbour(from, to, device)))
  }

  /** Blocks exactly the directions for which `isBlocked` holds, and opens all others. */
  async setBlocked(isBlocked: (from: number, to: number) => boolean): Promise<void> {
    const changes = this.ids.map((from) => this.#applyBlocks(from, (to) => isBlocked(from, to)))
    await Promise.all(changes)
  }

  async #applyBlocks(from: number, isBlocked: (to: number) => boolean): Promise<void> {
    const changed = this.peersOf(from).filter((to) => isBlocked(to) !== this.isBlocked(from, to))
    for (const to of changed) {
      if (isBlocked(to)) this.#blocked.add(`${from} ${to}`)
      else this.#blocked.delete(`${from} ${to}`)
    }
    const devices = this.#devices.get(from) ?? []
    const commands = devices.flatMap((device) => changed.map((to) => this.#neighbour(from, to, device)))
    if (commands.length > 0) await this.namespaceOf(from).ip(commands)
  }

  #neighbour(from: number, to: number, device: string): string {
    return neighbour(to, this.isBlocked(from, to) ? nobody : hardwareAddressOf(to), device)
  }
}

function switchCommands({ nodes }: Machines): string[] {
  const ports = [...nodes].flatMap(([id, node]) => [
    `link add port${id} type veth peer name eth0 address ${hardwareAddressOf(id)} netns ${node.pid}`,
    `link set port${id} master br0 up`,
    neighbour(id, hardwareAddressOf(id), 'br0'),
  ])
  return [
    'link set lo up',
    `link add br0 address ${hardwareAddressOf(switchId)} type bridge mcast_snooping 0`,
    `address add ${addressOf(switchId)}/24 dev br0`,
    'link set br0 up',
    ...ports,
  ]
}

function nodeCommands(id: number, ids: readonly number[]): string[] {
  const others = [...ids.filter((other) => other !== id), switchId]
  return [
    'link set lo up',
    `address add ${addressOf(id)}/24 dev eth0`,
    'link set eth0 up',
    ...others.map((other) => neighbour(other, hardwareAddressOf(other), 'eth0')),
  ]
}

function neighbour(id: number, hardwareAddress: string, device: string): string {
  return `neigh replace ${addressOf(id)} lladdr ${hardwareAddress} dev ${device} nud permanent`
}
