// The vote of a node as the operating system keeps it: an abstract Unix socket that is listened on. Only one can listen
// on a name; the kernel frees it at any death of its process, and leaves no file behind.
//
// Abstract names belong to a network namespace, as those of corosync's own sockets do. What it does not cover: two
// processes in different network namespaces of one host that reach the same daemon all the same, by a way of their own.

import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { QuorateError } from '../errors.ts'
import type { HeldVote, VoteLock, VoteName } from '../ports/vote.ts'

/** sun_path has 108 bytes, and the first is NUL: unix(7). */
const socketNameBytesMax = 107
const attemptsEveryMs = 200

export const systemVoteLock: VoteLock = {
  async take(name, { signal, waiting }) {
    if (process.platform !== 'linux') throw unsupported()
    const socket = socketName(name)
    for (let attempts = 0; ; attempts++) {
      signal?.throwIfAborted()
      const server = await listen(socket)
      if (server !== null) return held(server)
      if (attempts === 0) waiting(`the abstract socket @${socket}`)
      await pause(signal)
    }
  },
}

/** Ends early when the signal fires. */
async function pause(signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(attemptsEveryMs, undefined, { signal })
  } catch {
    signal?.throwIfAborted()
  }
}

/** Readable where it fits: `ss -xlp` shows it, and the process that holds it. */
function socketName({ group, nodeid }: VoteName): string {
  const name = `quorate-vote/${nodeid}/${group}`
  if (Buffer.byteLength(name) <= socketNameBytesMax) return name
  return `quorate-vote/${nodeid}/sha256:${createHash('sha256').update(group).digest('hex')}`
}

/** `null`: another listens there. */
function listen(socket: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy())
    // Later ones are of connections that nobody needs.
    server.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    )
    // Not shared: workers of node:cluster would all listen, and all by their primary.
    server.listen({ path: `\0${socket}`, exclusive: true }, () => resolve(server))
    server.unref()
  })
}

function held(server: Server): HeldVote {
  return {
    release: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function unsupported(): QuorateError {
  return new QuorateError(
    'BadOption',
    `The vote of a node is guarded by an abstract socket, which ${process.platform} does not have: give the transport ` +
      "a voteLock of its own, or open the replica with role: 'learner'",
  )
}
