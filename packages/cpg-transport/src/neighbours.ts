// What the other processes of this node leave unread: the queues of their CPG connections, by the statistics map of the
// daemon. A process that does not read makes its queue grow without bound. Source: docs/corosync.md, "Configuration".
//
// Read on a thread, for a daemon that hangs does not answer. The connection is made at the first look and stays, since to
// make another would hang, too.

import { CmapConnection } from '@quorate/cmap-config'
import type { Neighbour } from '@quorate/core'
import { CorosyncError } from '@quorate/corosync-ffi'

/** Corosync's service 2 is CPG. */
const prefix = 'stats.ipcs.service2.'
const queueKey = /^stats\.ipcs\.service2\.(\d+)\.\w+\.queued$/

/** A process's connection to CPG. */
interface CpgConnection {
  readonly pid: number
  /** What its keys begin with, up to the last dot. */
  readonly key: string
}

/** The look that is under way, or was last: one at a time in a process, so that a daemon that hangs holds one thread. */
let lastLook: Promise<unknown> = Promise.resolve()

/** Of one life of the daemon. */
export class Neighbours {
  readonly #self: number
  #stats: CmapConnection | undefined
  /** Of the other processes. */
  #connections: readonly CpgConnection[] = []
  /** How many connections had come and gone when they were listed. */
  #listedAt = ''
  #closed = false

  /** @param self id of this process */
  constructor(self: number) {
    this.#self = self
  }

  /**
   * Those that have left messages unread.
   *
   * @throws {CorosyncError} the statistics cannot be had; also when `close` is called meanwhile
   */
  look(): Promise<Neighbour[]> {
    const look = lastLook.then(() => this.#look())
    lastLook = look.catch(() => {})
    return look
  }

  /** In bounded time. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#stats?.close()
  }

  async #look(): Promise<Neighbour[]> {
    if (this.#closed) return []
    this.#stats ??= await CmapConnection.open({}, { map: 'stats', autoDispatch: false })
    if (this.#closed) await this.#stats.close()
    const stats = this.#stats
    await this.#list(stats)
    const byProcess = new Map<number, Neighbour>()
    for (const connection of this.#connections) {
      const { pid, name, queued } = await unreadOf(stats, connection)
      if (queued > 0) byProcess.set(pid, { pid, name, queued: queued + (byProcess.get(pid)?.queued ?? 0) })
    }
    return [...byProcess.values()]
  }

  /** To list them takes 13 calls for each, and tells nothing new while none has come or gone. */
  async #list(stats: CmapConnection): Promise<void> {
    const active = await stats.getOnThread('stats.ipcs.global.active', 'uint64')
    const now = `${active} ${await stats.getOnThread('stats.ipcs.global.closed', 'uint64')}`
    if (now === this.#listedAt) return
    const connections = (await stats.keysOnThread(prefix)).flatMap(connectionOf)
    this.#connections = connections.filter(({ pid }) => pid !== this.#self)
    this.#listedAt = now
  }
}

function connectionOf(key: string): CpgConnection[] {
  const pid = queueKey.exec(key)?.[1]
  return pid === undefined ? [] : [{ pid: Number(pid), key: key.slice(0, key.lastIndexOf('.')) }]
}

async function unreadOf(stats: CmapConnection, { pid, key }: CpgConnection): Promise<Neighbour> {
  try {
    const queued = await stats.getOnThread(`${key}.queued`, 'uint32')
    const name = queued === 0 ? '' : await stats.getOnThread(`${key}.procname`, 'string')
    return { pid, name, queued }
  } catch (error) {
    // The connection has ended since it was listed.
    if (error instanceof CorosyncError && error.code === 'CS_ERR_NOT_EXIST')
      return { pid, name: '', queued: 0 }
    throw error
  }
}
