// For programs that look at what a replica has stored, and begin a new group with it. Not for applications.

export { type Command, commandsOf } from './machine/command-batch.ts'
export { endOf, type NewHistory, type NewHistoryOptions, newHistory } from './runtime/new-history.ts'
export { type StateAt, stateAtEnd } from './runtime/state-at.ts'
export { upTo } from './runtime/up-to.ts'
export { type Ballot, describeBallot } from './wire/ballot.ts'
