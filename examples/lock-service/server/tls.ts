// The certificate and the key, which are renewed now and then while the service runs.

import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'

export interface TlsPair {
  readonly cert: Buffer
  readonly key: Buffer
}

export interface TlsPaths {
  readonly cert: string
  readonly key: string
}

/** Tells `change` when another pair was read. */
export class Tls extends EventEmitter<{ change: [TlsPair] }> {
  readonly #paths: TlsPaths
  #pair: TlsPair

  /** @throws {Error} the files cannot be read, or do not go together */
  constructor(paths: TlsPaths) {
    super()
    this.#paths = paths
    this.#pair = read(paths)
  }

  get pair(): TlsPair {
    return this.#pair
  }

  /** @throws {Error} as the constructor; then the old pair stays */
  reload(): void {
    this.#pair = read(this.#paths)
    this.emit('change', this.#pair)
  }
}

function read(paths: TlsPaths): TlsPair {
  try {
    const pair = { cert: readFileSync(paths.cert), key: readFileSync(paths.key) }
    createSecureContext(pair)
    return pair
  } catch (error) {
    throw new Error(`No TLS with ${paths.cert} and ${paths.key}: ${(error as Error).message}`, {
      cause: error,
    })
  }
}
