// The disk of a replica.

export type { LmdbStorage } from './lmdb-storage.ts'
export { openLmdbStorage } from './open-storage.ts'
export type { LmdbStorageOptions } from './options.ts'
export { type LmdbReader, readLmdbStorage } from './read-storage.ts'
