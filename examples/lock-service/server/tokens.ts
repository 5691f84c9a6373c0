// The file of tokens: who is known here. Bearer tokens are long and random, so a plain SHA-256 of one says nothing of it:
// that is all that the file holds.

import { createHash } from 'node:crypto'
import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { z } from 'zod'

/** Each may do what those before it may. */
export const roles = ['reader', 'client', 'operator'] as const
export type Role = (typeof roles)[number]

export interface Identity {
  /** Whose sessions these are, and who an operator is in the audit. */
  readonly name: string
  readonly role: Role
}

const tokens = z.array(
  z.strictObject({
    // No colon: what comes before the first one in a session's name is its client.
    name: z.string().regex(/^[\w.@-]{1,60}$/),
    role: z.enum(roles),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
)

/** By the hash of their tokens. */
export type Tokens = ReadonlyMap<string, Identity>

export const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

/** @throws {Error} the file cannot be read, or is none of tokens; the message says what to do */
export function readTokens(path: string): Tokens {
  const parsed = tokens.safeParse(parse(readFileSync(path, 'utf8')))
  if (parsed.success) return new Map(parsed.data.map(({ sha256, ...identity }) => [sha256, identity]))
  throw new Error(
    `${path} is no file of tokens: ${z.prettifyError(parsed.error)}. It must be a JSON array such as ` +
      '[{"name": "ann", "role": "client", "sha256": "…"}], with the SHA-256 of each token in hexadecimal',
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return 'no JSON'
  }
}

const lookIntervalMs = 1_000

/** A file of tokens that may change; what cannot be read leaves what was read last. */
export class TokenFile {
  readonly #path: string
  readonly #failed: (error: Error) => void
  #tokens: Tokens

  /** @throws {Error} as {@link readTokens} */
  constructor(path: string, failed: (error: Error) => void, intervalMs: number = lookIntervalMs) {
    this.#path = path
    this.#failed = failed
    this.#tokens = readTokens(path)
    watchFile(path, { interval: intervalMs, persistent: false }, this.reload)
  }

  get tokens(): Tokens {
    return this.#tokens
  }

  readonly reload = (): void => {
    try {
      this.#tokens = readTokens(this.#path)
    } catch (error) {
      this.#failed(error as Error)
    }
  }

  close(): void {
    unwatchFile(this.#path, this.reload)
  }
}
