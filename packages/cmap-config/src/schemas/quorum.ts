// How votes make a quorum, as corosync.conf says it. Keys: votequorum(5).

import { field, optional, section, text, whole, yesOrNo } from './read.ts'
import { type ReadyMade, readyMade } from './ready-made.ts'

/** `undefined`: corosync.conf says nothing of it, and votequorum's default holds. */
export interface QuorumSettings {
  readonly provider: string | undefined
  readonly expectedVotes: number | undefined
  readonly twoNode: boolean | undefined
  readonly waitForAll: boolean | undefined
  readonly lastManStanding: boolean | undefined
  readonly lastManStandingWindowMs: number | undefined
  readonly autoTieBreaker: boolean | undefined
  readonly allowDownscale: boolean | undefined
  /** The arbiter beside the nodes: corosync-qdevice(8). */
  readonly device: { readonly model: string | undefined; readonly votes: number | undefined }
}

const device = section<QuorumSettings['device']>({
  model: field('model', optional(text)),
  votes: field('votes', optional(whole)),
})

/** The settings of quorum: `quorum.`. What holds by them is told by `VoteQuorum` of @quorate/cpg-transport. */
export const quorum: ReadyMade<QuorumSettings> = readyMade(
  'quorum',
  section<QuorumSettings>({
    provider: field('provider', optional(text)),
    expectedVotes: field('expected_votes', optional(whole)),
    twoNode: field('two_node', optional(yesOrNo)),
    waitForAll: field('wait_for_all', optional(yesOrNo)),
    lastManStanding: field('last_man_standing', optional(yesOrNo)),
    lastManStandingWindowMs: field('last_man_standing_window', optional(whole)),
    autoTieBreaker: field('auto_tie_breaker', optional(yesOrNo)),
    allowDownscale: field('allow_downscale', optional(yesOrNo)),
    device: field('device', device),
  }),
)
