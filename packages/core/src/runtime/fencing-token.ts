// Names an epoch by one number that only grows, for services that must refuse whoever led before.

import type { Ballot } from '../wire/ballot.ts'

const incarnationBits = 53n
const nodeidBits = 32n

/** Ordered as ballots are. */
export function fencingToken({ number, nodeid, incarnation }: Ballot): bigint {
  return (((BigInt(number) << nodeidBits) | BigInt(nodeid)) << incarnationBits) | BigInt(incarnation)
}
