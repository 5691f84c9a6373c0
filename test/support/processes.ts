// The processes of this machine, and the network namespaces they are in.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/**
 * The network namespace of a process, such as `net:[4026531840]`; `undefined` when it has ended, and when it may do
 * more than this process and is therefore none that a test started.
 */
function networkOf(pid: number): string | undefined {
  return unlessClosed(() => readlinkSync(`/proc/${pid}/ns/net`))
}

/** All processes in one of these network namespaces. */
export function processesIn(networks: ReadonlySet<string>): number[] {
  return pids().filter((pid) => networks.has(networkOf(pid) ?? ''))
}

/** The processes that `parent` started. */
function childrenOf(parent: number): number[] {
  return pids().filter((pid) => {
    const stat = unlessClosed(() => readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? ''
    // pid (name) state ppid …; the name may hold anything, also ") ".
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent
  })
}

/** The network namespaces that `parent` started processes in, without its own. */
export function networksBelow(parent: number): Set<string> {
  const networks = new Set(childrenOf(parent).flatMap((pid) => networkOf(pid) ?? []))
  networks.delete(networkOf(parent) ?? '')
  return networks
}

function pids(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger)
}

function unlessClosed<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return undefined
    throw error
  }
}
