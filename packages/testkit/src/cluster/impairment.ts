// Delay and loss on what a node sends. Where the kernel can do it (netem), it does; elsewhere the packets take a
// detour through a relay. Both impair one direction: what node i sends, and not what it receives.

import { programPath } from './availability.ts'
import { output } from './child.ts'
import { Netem } from './netem.ts'
import type { Network } from './network.ts'
import { Relayed } from './relayed.ts'

/** What happens to each packet, independently of the others. With jitter, packets can overtake one another. */
export interface Impairment {
  /** Added to the way from sender to receiver; 0 by default. */
  readonly delayMs?: number
  /** Each packet's delay is drawn evenly from `delayMs - jitterMs` to `delayMs + jitterMs`; 0 by default. */
  readonly jitterMs?: number
  /** Which part of the packets is lost, 0 to 1; 0 by default. */
  readonly lossRatio?: number
}

/** A way to impair what nodes send. */
export interface Impairer {
  /** Impairs what `from` sends to its peers from now on; replaces what was before. */
  impair(from: number, impairment: Required<Impairment>): Promise<void>
  /** Lets `from` send normally again. */
  clear(from: number): Promise<void>
}

/** The best way that this kernel offers. */
export async function chooseImpairer(network: Network): Promise<Impairer> {
  return (await hasNetem(network)) ? new Netem(network) : new Relayed(network)
}

/**
 * The impairment with its defaults.
 *
 * @throws {RangeError} a negative time, or a ratio outside of 0 to 1
 */
export function completeImpairment(impairment: Impairment): Required<Impairment> {
  const { delayMs = 0, jitterMs = 0, lossRatio = 0 } = impairment
  for (const [name, value] of Object.entries({ delayMs, jitterMs })) {
    if (!(value >= 0 && value < 60_000)) throw new RangeError(`${name} is ${value}; it must be 0 to 60000.`)
  }
  if (!(lossRatio >= 0 && lossRatio <= 1))
    throw new RangeError(`lossRatio is ${lossRatio}; it must be 0 to 1.`)
  return { delayMs, jitterMs, lossRatio }
}

/** Tried on the switch's loopback device, which nothing uses. */
async function hasNetem(network: Network): Promise<boolean> {
  const tc = ['qdisc', 'replace', 'dev', 'lo', 'root', 'netem', 'delay', '0ms']
  const { code, stderr } = await output(network.machines.switch.spawn(programPath('tc'), tc))
  if (code === 0) return true
  if (stderr.includes('qdisc kind is unknown')) return false
  throw new Error(`Whether the kernel has netem could not be found out; tc said: ${stderr.trim()}`)
}
