// Rules that can be switched off, one at a time, by the test that shows that the simulator notices. Never on otherwise.
// Each stands where its rule stands, as `faulty(state, …)`. Design: docs/protocol.md, "Seeded faults".

export const seededFaults = [
  'commit-on-own-delivery',
  'old-acks-counted',
  'longest-log',
  'longest-of-highest-epoch',
  'blank-counts',
  'adopted-before-transfer',
  'ack-before-sync',
  'no-promise-check',
  'read-on-self-delivery',
  'held-before-view',
  'epoch-written-lazily',
  'snapshot-brings-epoch',
  'held-not-dropped',
  'propose-without-ballot',
  'no-view-at-totem',
  'certain-after-promise',
  'read-shares-sent-marker',
  'markers-in-order',
  'joined-in-view-entry',
  'no-resend-at-session',
  'quorum-flag-alone',
  'quorum-of-another-ring',
  'alone-unfenced',
  'alone-restarted',
  'alone-without-commit',
  'bootstrap-from-majority',
  'possible-for-certain',
  'no-participants-rule',
  'possible-frozen-at-outsider',
  'no-refuse-from-other-view',
  'no-doubling',
  'certain-not-reset',
  'append-after-promise',
  'ack-chain-unchecked',
  'ack-beyond-end-counted',
  'refuse-ignored',
  'transfer-chain-unchecked',
  'commit-not-in-promise',
  'blank-never-intact',
  'learners-commit-ignored',
  'marker-outside-log',
  'donor-beyond-commit',
  'marker-before-applied',
  'parts-of-any-snapshot',
  'takeover-never-reset',
  'learners-acks-count',
  'late-promise-ignored',
  'promise-before-sync',
  'resend-under-new-session',
  'commit-by-minority',
  'primary-of-minority',
  'open-not-resent',
  'own-log-chosen',
  'tail-not-cut',
  'held-not-kept',
] as const

export type SeededFault = (typeof seededFaults)[number]

export interface Faultable {
  readonly fault: SeededFault | null
}

export const faulty = (state: Faultable, fault: SeededFault): boolean => state.fault === fault
