// What an implementation of the storage port is written with: the project's own encoding of what it keeps.

export { decodeBody } from './log/body.ts'
export { chainAfter } from './log/chain.ts'
export { emptyChain } from './log/entry.ts'
export { decodeRecord, encodeRecord } from './log/record-bytes.ts'
