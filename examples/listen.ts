// Where a server listens; what is in its way is told with what to change.

import { chmodSync, rmSync, statSync } from 'node:fs'
import type { Server } from 'node:net'

/**
 * Fulfilled once `server` accepts connections. `port` 0: a free one.
 *
 * @throws {Error} the port is taken, or the host is none of this machine
 */
export async function listen(server: Server, port: number, host = '127.0.0.1'): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port)))
    server.listen(port, host, resolve)
  })
}

/**
 * The same at a socket in the file system, which nobody but its owner and root may open. A socket that a killed process
 * has left there is replaced.
 *
 * @throws {Error} the folder is not there, or not this user's; something else has that name
 */
export async function listenPrivately(server: Server, path: string): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket()) rmSync(path)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  chmodSync(path, 0o600)
}

function explain(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== 'EADDRINUSE') return error
  return new Error(`Port ${port} is taken; choose another one with --port`, { cause: error })
}
