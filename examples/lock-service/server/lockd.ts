// The daemon: one node of the service on the corosync of this host, until SIGTERM.
// node --import tsx --conditions=@quorate/source examples/lock-service/server/lockd.ts

import { Cmap } from '@quorate/cmap-config'
import { cpgTransport } from '@quorate/cpg-transport'
import { openLmdbStorage } from '@quorate/lmdb-storage'
import { notifySystemd } from '@quorate/systemd'
import { untilEnd } from '../../until-end.ts'
import { type LockdOptions, readLockdOptions } from './lockd-options.ts'
import { type LockNode, openNode } from './node.ts'
import { Tls } from './tls.ts'
import { TokenFile } from './tokens.ts'

/** The files that are read again while the service runs. */
interface Files {
  readonly tokens: TokenFile | null
  readonly tls: Tls | null
}

async function run(options: LockdOptions): Promise<void> {
  // What is wrong with the command line is told before anything is opened.
  const files = {
    tokens: options.tokens === null ? null : new TokenFile(options.tokens, warn),
    tls: options.tls && new Tls(options.tls),
  }
  await using map = await Cmap.open()
  const node = await open(options, files, map)
  try {
    node.replica.on('warning', (warning) => console.warn(JSON.stringify(warning)))
    const url = await node.app.listen({ host: options.host, port: options.port })
    console.log(`Node ${node.service.nodeid} answers at ${url}`)
    const systemd = notifySystemd(node.replica)
    process.on('SIGHUP', () => reload(files))
    await untilEnd(node.replica)
    systemd.stopping()
  } finally {
    await node.close()
  }
}

async function open(
  { group, storage: path, prefix }: LockdOptions,
  files: Files,
  map: Cmap,
): Promise<LockNode> {
  const storage = path === null ? {} : { storage: await openLmdbStorage({ path }) }
  const tokens = (): TokenFile['tokens'] | null => files.tokens?.tokens ?? null
  return openNode({ group, prefix, map, transport: cpgTransport(), ...storage, tokens, tls: files.tls })
}

function reload({ tokens, tls }: Files): void {
  tokens?.look()
  try {
    tls?.reload()
  } catch (error) {
    warn(error as Error)
  }
}

const warn = (error: Error): void => console.warn(`${error.message}. What was read before stays`)

try {
  await run(readLockdOptions())
} catch (error) {
  console.error((error as Error).message)
  process.exitCode = 1
}
