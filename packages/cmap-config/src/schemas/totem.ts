// The membership protocol's timeouts and bounds: as they are in force, and as they are configured. Keys:
// corosync.conf(5), "totem"; cmap_keys(7), runtime.config.*.

import { field, numbered, optional, section, text, whole } from './read.ts'
import { type ReadyMade, readyMade } from './ready-made.ts'

/** A link of knet; `undefined`: corosync does not say. */
export interface TotemLink {
  readonly link: number
  readonly pingIntervalMs: number | undefined
  readonly pingTimeoutMs: number | undefined
}

/** The bounds that have one name in both sections; `undefined`: nothing is said of it. */
export interface TotemBounds {
  /** How often a token is sent again before it is given up: the time between is `tokenRetransmitMs`. */
  readonly tokenRetransmitsBeforeLoss: number | undefined
  readonly tokenRetransmitMs: number | undefined
  /** Of `tokenMs`: a token that takes longer is logged. */
  readonly tokenWarningPercent: number | undefined
  readonly holdMs: number | undefined
  readonly joinMs: number | undefined
  /** The most that a node waits at random before it sends its join message. */
  readonly sendJoinMsMax: number | undefined
  readonly mergeMs: number | undefined
  readonly downcheckMs: number | undefined
  /** Messages that a node may send while it holds the token, and that are under way in all. */
  readonly messagesMax: number | undefined
  readonly windowSize: number | undefined
}

/** What is in force. */
export interface Totem extends TotemBounds {
  /** Time without a token after which it is taken for lost. */
  readonly tokenMs: number
  /** Time to agree on a new membership. */
  readonly consensusMs: number
  readonly links: readonly TotemLink[]
}

/** What corosync.conf says; `undefined`: corosync's default holds, which {@link totem} shows. */
export interface ConfiguredTotem extends TotemBounds {
  readonly clusterName: string | undefined
  readonly transport: string | undefined
  /** Of corosync.conf: the nodes compare theirs. */
  readonly configVersion: number | undefined
  readonly tokenMs: number | undefined
  readonly tokenCoefficientMs: number | undefined
  readonly consensusMs: number | undefined
}

const bounds = {
  tokenRetransmitsBeforeLoss: field('token_retransmits_before_loss_const', optional(whole)),
  tokenRetransmitMs: field('token_retransmit', optional(whole)),
  tokenWarningPercent: field('token_warning', optional(whole)),
  holdMs: field('hold', optional(whole)),
  joinMs: field('join', optional(whole)),
  sendJoinMsMax: field('send_join', optional(whole)),
  mergeMs: field('merge', optional(whole)),
  downcheckMs: field('downcheck', optional(whole)),
  messagesMax: field('max_messages', optional(whole)),
  windowSize: field('window_size', optional(whole)),
}

const readLink = section<Omit<TotemLink, 'link'>>({
  pingIntervalMs: field('knet_ping_interval', optional(whole)),
  pingTimeoutMs: field('knet_ping_timeout', optional(whole)),
})

const readLinks = numbered<TotemLink>((link) => (value, place) => ({ link, ...readLink(value, place) }))

/** What is in force: `runtime.config.totem.`. Corosync computes what is not configured, so a change may have no key of its own. */
export const totem: ReadyMade<Totem> = readyMade(
  'runtime.config.totem',
  section<Totem>({
    ...bounds,
    tokenMs: field('token', whole),
    consensusMs: field('consensus', whole),
    links: field('interface', readLinks),
  }),
)

/** What corosync.conf says: `totem.`. */
export const configuredTotem: ReadyMade<ConfiguredTotem> = readyMade(
  'totem',
  section<ConfiguredTotem>({
    ...bounds,
    clusterName: field('cluster_name', optional(text)),
    transport: field('transport', optional(text)),
    configVersion: field('config_version', optional(whole)),
    tokenMs: field('token', optional(whole)),
    tokenCoefficientMs: field('token_coefficient', optional(whole)),
    consensusMs: field('consensus', optional(whole)),
  }),
)
