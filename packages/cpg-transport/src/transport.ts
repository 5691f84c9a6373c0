// The transport port on CPG.

import { checkGroupName, type Transport } from '@quorate/core'
import { CpgChannel } from './channel.ts'
import { configuredNodes } from './configured-nodes.ts'
import { Cpg } from './cpg.ts'

/** Bounds and ways of a CPG transport. */
export interface CpgTransportOptions {
  /** Largest message that `send` takes, in bytes; default 64 MiB. Must be the same in all members. */
  readonly messageBytesMax?: number
  /** Bytes accepted and not yet taken by the daemon, beyond which `send` returns false; default 16 MiB. */
  readonly queueBytesMax?: number
  /** Messages accepted and not yet taken by the daemon, beyond which `send` returns false; default 65,536. */
  readonly queueMessagesMax?: number
  /**
   * Small messages that are sent in one turn of the event loop go together, in CPG messages of at most this many
   * bytes; default 16 KiB, 0: each by itself. What is delivered of one such CPG message shares its memory.
   */
  readonly packBytesMax?: number
  /** Where to wait for events: on the event loop (default where koffi allows it), or on a thread. */
  readonly waitOn?: 'loop' | 'thread'
}

const defaults = {
  messageBytesMax: 64 * 1024 * 1024,
  queueBytesMax: 16 * 1024 * 1024,
  queueMessagesMax: 65_536,
  packBytesMax: 16 * 1024,
}

/**
 * The transport over the corosync of this node.
 *
 * `join` fails with a `CorosyncError` when corosync is not installed (`LIBRARY_MISSING`), does not run
 * (`CS_ERR_LIBRARY`) or does not admit this user (`CS_ERR_ACCESS`), or when this process is in the group already
 * (`CS_ERR_EXIST`). After that, a daemon that dies is waited for: see `Down` and `Up`. The configured nodes are those of
 * corosync.conf's node list.
 *
 * @example
 * const channel = await cpgTransport().join('demo', (event) => console.log(event))
 * channel.send(Buffer.from('hello'))
 */
export function cpgTransport(options: CpgTransportOptions = {}): Transport {
  const all = { ...defaults, ...options }
  for (const name of ['messageBytesMax', 'queueBytesMax', 'queueMessagesMax', 'packBytesMax'] as const) {
    const least = name === 'packBytesMax' ? 0 : 1
    if (Number.isSafeInteger(all[name]) && all[name] >= least) continue
    throw new RangeError(`${name} is ${all[name]}; give it a whole number from ${least} on.`)
  }
  return {
    join: async (group, listener) => CpgChannel.join(checkGroupName(group), all, listener),
    nodeid,
    configuredNodes,
  }
}

/** By a connection of its own: whoever asks has not joined yet. */
async function nodeid(): Promise<number> {
  const cpg = await Cpg.open()
  try {
    return cpg.nodeid
  } finally {
    await cpg.close()
  }
}
