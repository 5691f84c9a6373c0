// GET /watch?prefix=PREFIX: the keys as they are, then each change, as server-sent events.
//
// What a client is sent is always the difference between what it has and what the store has now. So a slow client gets
// fewer, later changes instead of a growing queue, and one whose replica was away, and got a snapshot, misses nothing
// but values that were replaced meanwhile.

import type { ServerResponse } from 'node:http'
import type { Store } from '../store.ts'
import type { Call } from './server.ts'

// Proxies take a silent connection for a dead one.
const keepAliveMs = 15_000

/** Answers until the client goes. */
export function watch({ replica, url, response, gone }: Call): undefined {
  const prefix = url.searchParams.get('prefix') ?? ''
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const stream = new ChangeStream(response, prefix, () => replica.state)
  const unsubscribe = replica.subscribe((state) => state.revision, stream.send)
  const keepAlive = setInterval(() => response.write(':\n\n'), keepAliveMs)
  gone.addEventListener('abort', () => {
    unsubscribe()
    clearInterval(keepAlive)
  })
  stream.send()
}

class ChangeStream {
  readonly #response: ServerResponse
  readonly #prefix: string
  readonly #current: () => Store
  #sent: Store['entries'] = new Map()

  constructor(response: ServerResponse, prefix: string, current: () => Store) {
    this.#response = response
    this.#prefix = prefix
    this.#current = current
    response.on('drain', this.send)
  }

  /** Brings the client up to date, unless it has not taken what it was sent before: then when it has. */
  readonly send = (): void => {
    if (this.#response.writableNeedDrain) return
    const { revision, entries } = this.#current()
    const changes = [...this.#puts(entries), ...this.#deletes(entries)]
    this.#sent = entries
    this.#response.write(`${changes.join('')}${event('current', { revision })}`)
  };

  *#puts(entries: Store['entries']): Iterable<string> {
    for (const [key, { value, version }] of entries)
      if (key.startsWith(this.#prefix) && this.#sent.get(key)?.version !== version)
        yield event('put', { key, value, version })
  }

  *#deletes(entries: Store['entries']): Iterable<string> {
    for (const key of this.#sent.keys())
      if (key.startsWith(this.#prefix) && !entries.has(key)) yield event('delete', { key })
  }
}

const event = (name: string, data: object): string => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
