// Rules that can be switched off, one at a time, by the test that shows that the simulator notices. Never on otherwise.
// Each stands where its rule stands, as `faulty(state, …)`. Design: docs/protocol.md, "Seeded faults".

export type SeededFault =
  | 'commit-on-own-delivery'
  | 'old-acks-counted'
  | 'longest-log'
  | 'longest-of-highest-epoch'
  | 'blank-counts'
  | 'adopted-before-transfer'
  | 'ack-before-sync'
  | 'no-promise-check'
  | 'read-on-self-delivery'
  | 'held-before-view'
  | 'epoch-written-lazily'
  | 'snapshot-brings-epoch'
  | 'held-not-dropped'
  | 'propose-without-ballot'
  | 'no-view-at-totem'
  | 'certain-after-promise'
  | 'read-shares-sent-marker'
  | 'markers-in-order'
  | 'joined-in-view-entry'
  | 'no-resend-at-session'
  | 'quorum-flag-alone'
  | 'quorum-of-another-ring'
  | 'alone-unfenced'
  | 'alone-restarted'
  | 'alone-without-commit'
  | 'bootstrap-from-majority'
  | 'possible-for-certain'
  | 'no-participants-rule'
  | 'possible-frozen-at-outsider'
  | 'no-refuse-from-other-view'
  | 'no-doubling'
  | 'certain-not-reset'
  | 'append-after-promise'
  | 'ack-chain-unchecked'
  | 'ack-beyond-end-counted'
  | 'refuse-ignored'
  | 'transfer-chain-unchecked'
  | 'commit-not-in-promise'
  | 'blank-never-intact'
  | 'learners-commit-ignored'

export interface Faultable {
  readonly fault: SeededFault | null
}

export const faulty = (state: Faultable, fault: SeededFault): boolean => state.fault === fault
