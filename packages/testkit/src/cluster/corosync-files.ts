// The files a daemon reads, and the options they are made of. Every path is corosync's own default: each node has a
// private tmpfs there, so neither the state directory nor sockets nor locks need another place.

import { CorosyncConf } from '@quorate/cmap-config'
import { addressOf } from './addresses.ts'

/** Directories that each node has for itself, empty at the start. */
export const privateDirectories: readonly string[] = [
  '/run',
  '/dev/shm',
  '/etc/corosync',
  '/var/lib/corosync',
  '/var/log/corosync',
]

/** The daemon's configuration, in the node. */
export const confFile = '/etc/corosync/corosync.conf'
/** The shared secret of the nodes, in the node. */
export const authkeyFile = '/etc/corosync/authkey'
/** What the daemon writes, in the node. */
export const logFile = '/var/log/corosync/corosync.log'

/** How votes make a quorum: see votequorum(5). */
export interface QuorumOptions {
  /** Two nodes, of which one alone stays quorate. Corosync then turns `waitForAll` on unless it is given. */
  readonly twoNode?: boolean
  /** After a cold start, quorate only once all nodes have been seen together. */
  readonly waitForAll?: boolean
  /** Expected votes shrink with each quorate loss of nodes. */
  readonly lastManStanding?: boolean
  /** How long a new membership must last before expected votes shrink. */
  readonly lastManStandingWindowMs?: number
  /** Instead of the sum of the nodes' votes. */
  readonly expectedVotes?: number
  /** Votes of single nodes, by nodeid; 1 for all others. */
  readonly votes?: Readonly<Record<number, number>>
}

/** What the daemons of one cluster share. */
export interface ConfOptions {
  /** Time without a token after which a node is taken for lost. */
  readonly tokenMs: number
  /** Time to agree on a new membership; corosync's default is 1.2 times `tokenMs`. */
  readonly consensusMs?: number
  readonly quorum?: QuorumOptions
  /** Encrypt and authenticate what nodes send to one another. */
  readonly crypto?: boolean
  /**
   * False: the daemons share the processors with all else (system.sched_rr in corosync.conf(5)). By default they go first,
   * which is meant for one on a machine: those of several nodes, none of which finds its ring, leave one another no time.
   */
  readonly realtime?: boolean
}

/** The configuration of each node of a cluster of `ids`. */
export function corosyncConf(ids: readonly number[], options: ConfOptions): CorosyncConf {
  const conf = new CorosyncConf()
  setTotem(conf, options)
  ids.forEach((id, position) => {
    setNode(conf, position, id, options.quorum?.votes?.[id])
  })
  setQuorum(conf, options.quorum ?? {})
  if (options.realtime === false) conf.set('system.sched_rr', 'no').set('system.priority', 0)
  return setLogging(conf).set('system.move_to_root_cgroup', 'no')
}

function setTotem(conf: CorosyncConf, { tokenMs, consensusMs, crypto }: ConfOptions): void {
  conf.set('totem.version', 2)
  conf.set('totem.cluster_name', 'testkit')
  conf.set('totem.transport', 'knet')
  conf.set('totem.token', tokenMs)
  // Otherwise corosync adds 650 ms for each node after the second, and the token is not what was asked for.
  conf.set('totem.token_coefficient', 0)
  if (consensusMs !== undefined) conf.set('totem.consensus', consensusMs)
  if (crypto === true) conf.set('totem.crypto_cipher', 'aes256').set('totem.crypto_hash', 'sha256')
}

function setNode(conf: CorosyncConf, position: number, id: number, votes: number | undefined): void {
  const node = `nodelist.node.${position}`
  conf.set(`${node}.nodeid`, id)
  conf.set(`${node}.name`, hostnameOf(id))
  conf.set(`${node}.ring0_addr`, addressOf(id))
  if (votes !== undefined) conf.set(`${node}.quorum_votes`, votes)
}

function setQuorum(conf: CorosyncConf, quorum: QuorumOptions): void {
  const values = {
    provider: 'corosync_votequorum',
    two_node: flag(quorum.twoNode),
    wait_for_all: flag(quorum.waitForAll),
    last_man_standing: flag(quorum.lastManStanding),
    last_man_standing_window: quorum.lastManStandingWindowMs,
    expected_votes: quorum.expectedVotes,
  }
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined) conf.set(`quorum.${key}`, value)
  }
}

/** To the standard error, which is the log file: so it holds also what is said before logging is set up. */
function setLogging(conf: CorosyncConf): CorosyncConf {
  return conf
    .set('logging.to_stderr', 'yes')
    .set('logging.to_logfile', 'no')
    .set('logging.to_syslog', 'no')
    .set('logging.timestamp', 'hires')
}

/** Whether the nodes `present` of the nodes `ids` are quorate right after their start. */
export function isQuorum(
  present: readonly number[],
  ids: readonly number[],
  quorum: QuorumOptions = {},
): boolean {
  const votesOf = (nodes: readonly number[]): number =>
    nodes.reduce((sum, id) => sum + (quorum.votes?.[id] ?? 1), 0)
  if (present.length < ids.length && (quorum.waitForAll ?? quorum.twoNode ?? false)) return false
  if (quorum.twoNode === true) return true
  return 2 * votesOf(present) > (quorum.expectedVotes ?? votesOf(ids))
}

/** The host name of a node. */
export function hostnameOf(id: number): string {
  return `node${id}`
}

function flag(value: boolean | undefined): 0 | 1 | undefined {
  return value === undefined ? undefined : value ? 1 : 0
}
