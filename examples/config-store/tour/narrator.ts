// What the tour tells, and the two forms of it: text for people, a JSON object per line for programs.

import type { Stage } from '../../stage/stage.ts'

/** An HTTP request to a node, with what it was answered. */
export interface Exchange {
  readonly event: 'request'
  readonly node: number
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly value: string | null
  readonly status: number
  readonly body: Body
}

/** What answers of the service may hold. */
export interface Body {
  readonly version?: number
  readonly value?: string
  readonly revision?: number
  readonly keys?: readonly object[]
  readonly error?: { readonly code: string; readonly message: string }
}

export type TourEvent =
  | { readonly event: 'stage'; readonly stage: Stage['name'] }
  | { readonly event: 'chapter'; readonly title: string }
  | { readonly event: 'note'; readonly text: string }
  | { readonly event: 'change'; readonly node: number; readonly change: string; readonly data: object }
  | {
      readonly event: 'end'
      readonly revision: number
      /** By node: equal where the contents are. */
      readonly digests: readonly string[]
    }
  | { readonly event: 'serving'; readonly urls: readonly string[] }
  | Exchange

export type Tell = (event: TourEvent) => void

export const tellJson: Tell = (event) => console.log(JSON.stringify(event))

export const tellText: Tell = (event) => console.log(text(event))

function text(event: TourEvent): string {
  switch (event.event) {
    case 'stage':
      return `Three replicas of a configuration store, ${places[event.stage]}.`
    case 'chapter':
      return `\n${event.title}`
    case 'note':
      return `  ${event.text}`
    case 'change':
      return `  node ${event.node}  watch: ${event.change} ${JSON.stringify(event.data)}`
    case 'request':
      return exchangeText(event)
    case 'end':
      return endText(event)
    case 'serving':
      return servingText(event.urls)
  }
}

const places: Readonly<Record<Stage['name'], string>> = {
  memory: 'in this process, on the in-memory network',
  corosync: 'on three real corosync nodes, a process each',
}

function exchangeText({ node, method, path, headers, value, status, body }: Exchange): string {
  const conditions = Object.entries(headers).map(([name, content]) => `  (${name}: ${content})`)
  const request = `${method} ${path}${value === null ? '' : ` ${value}`}${conditions.join('')}`
  return `  node ${node}  ${request}\n          ${status} ${answerText(body)}`
}

function answerText({ error, ...body }: Body): string {
  return error === undefined ? JSON.stringify(body) : `${error.code}: ${error.message}`
}

function endText({
  revision,
  digests,
}: {
  readonly revision: number
  readonly digests: readonly string[]
}): string {
  const states = digests.map((digest, place) => `  node ${place + 1}  ${digest}`)
  const agree = new Set(digests).size === 1
  const verdict = agree
    ? `All three have revision ${revision}.`
    : 'They DIFFER: this is a defect; please report it.'
  return `\nIn the end, the contents' digests:\n${states.join('\n')}\n  ${verdict}`
}

function servingText([first, second, third]: readonly string[]): string {
  return `
The store stays until Ctrl-C. In another terminal:

  curl -X PUT ${first}/keys/app/greeting -d hello
  curl ${second}/keys/app/greeting
  curl "${third}/keys?prefix=app/&stale=1"
  curl -X PUT "${first}/keys/locks/me?ttlMs=5000" -H "If-None-Match: *" -d mine
  curl -N "${second}/watch?prefix=app/"
  curl ${third}/status`
}
