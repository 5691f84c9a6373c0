// The file of tokens: who is known here. Bearer tokens are long and random, so a plain SHA-256 of one says nothing of it:
// that is all that the file holds.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
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

/** @throws {Error} the text of the file is none of tokens; the message says what to do */
export function readTokens(path: string, text: string): Tokens {
  const parsed = tokens.safeParse(parse(text))
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

/** A file of tokens that may change; where it cannot be read, what was read last stays. */
export class TokenFile {
  readonly #path: string
  readonly #failed: (error: Error) => void
  readonly #timer: NodeJS.Timeout
  /** What was read last, or why it could not be. */
  #found: string
  #tokens: Tokens

  /** @throws {Error} the file cannot be read, or is none of tokens */
  constructor(path: string, failed: (error: Error) => void, intervalMs: number = lookIntervalMs) {
    this.#path = path
    this.#failed = failed
    this.#found = readFileSync(path, 'utf8')
    this.#tokens = readTokens(path, this.#found)
    this.#timer = setInterval(this.look, intervalMs).unref()
  }

  get tokens(): Tokens {
    return this.#tokens
  }

  /** Now, instead of within a second. */
  readonly look = (): void => {
    const found = read(this.#path)
    if (`${found}` === this.#found) return
    this.#found = `${found}`
    try {
      if (found instanceof Error) throw found
      this.#tokens = readTokens(this.#path, found)
    } catch (error) {
      this.#failed(error as Error)
    }
  }

  close(): void {
    clearInterval(this.#timer)
  }
}

function read(path: string): string | Error {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    return error as Error
  }
}
