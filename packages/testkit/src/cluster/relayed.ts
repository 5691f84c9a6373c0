// Impairment without the kernel's help: what an impaired node sends to its peers is routed into a VXLAN tunnel whose
// other end is a relay in the switch's namespace; the relay delays or drops it and hands it to the peer's end of the
// tunnel. Without impairment nothing goes through the relay.

import type { ChildProcess } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addressOf, hardwareAddressOf, switchId } from './addresses.ts'
import { detach, ended, isAlive } from './child.ts'
import type { Impairer, Impairment } from './impairment.ts'
import type { Network } from './network.ts'
import type { RelayOrder } from './relay.ts'
import { within } from './wait.ts'

// From source it has to be compiled first; daemons with real-time priority may leave it little time.
const startTimeoutMs = 30_000
const device = 'vx0'

/** Impairs with the relay. */
export class Relayed implements Impairer {
  readonly #network: Network
  /** The nodes whose packets take the detour. */
  readonly #detoured = new Set<number>()
  /** Started with the first impairment. */
  #relay: Promise<ChildProcess> | undefined

  constructor(network: Network) {
    this.#network = network
  }

  /** Tells the relay what to do, then leads the node's packets there. */
  async impair(from: number, impairment: Required<Impairment>): Promise<void> {
    await this.#order({ from, impairment })
    await this.#network.namespaceOf(from).ip(this.#routes(from).map((route) => `route replace ${route}`))
    this.#detoured.add(from)
  }

  /** Leads the node's packets the direct way again. */
  async clear(from: number): Promise<void> {
    if (!this.#detoured.delete(from)) return
    await this.#network.namespaceOf(from).ip(this.#routes(from).map((route) => `route del ${route}`))
  }

  #routes(from: number): string[] {
    const peers = this.#network.peersOf(from)
    return peers.map((to) => `${addressOf(to)}/32 dev ${device} src ${addressOf(from)}`)
  }

  async #order(order: RelayOrder): Promise<void> {
    this.#relay ??= this.#start()
    const relay = await this.#relay
    if (!isAlive(relay)) throw new Error('The relay for impaired packets has ended; see its standard error.')
    relay.send(order)
  }

  async #start(): Promise<ChildProcess> {
    await Promise.all(this.#network.ids.map((id) => this.#addTunnel(id)))
    const relay = startRelay(this.#network)
    await within(listening(relay), startTimeoutMs, 'the relay for impaired packets')
    detach(relay)
    relay.channel?.unref()
    return relay
  }

  async #addTunnel(id: number): Promise<void> {
    // The relay gets single packets only when the kernel does not cut large ones behind the tunnel (gso_max_segs).
    const tunnel = `id 5 local ${addressOf(id)} remote ${addressOf(switchId)} dstport 4789 nolearning`
    await this.#network
      .namespaceOf(id)
      .ip([
        `link add ${device} address ${hardwareAddressOf(id)} mtu 1500 type vxlan ${tunnel}`,
        `link set ${device} up gso_max_segs 1`,
      ])
    await this.#network.addDevice(id, device)
  }
}

/** From source it needs what this process was started with to read TypeScript; from the package nothing. */
function startRelay(network: Network): ChildProcess {
  const extension = extname(fileURLToPath(import.meta.url))
  const program = fileURLToPath(new URL(`./relay${extension}`, import.meta.url))
  const args = [...(extension === '.ts' ? process.execArgv : []), program]
  return network.machines.switch.spawn(process.execPath, args, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    detached: true,
  })
}

async function listening(relay: ChildProcess): Promise<void> {
  const said = new Promise<void>((resolve) => relay.once('message', () => resolve()))
  const failed = ended(relay).then(() => {
    throw new Error('The relay for impaired packets did not start; see its standard error.')
  })
  // It ends at close, long after anyone listens here.
  failed.catch(() => undefined)
  await Promise.race([said, failed])
}
