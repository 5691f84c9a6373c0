// Whether a request would wait for itself. Asked before it waits: nobody begins to wait for more later, so a cycle is
// closed by the request that comes last, and that one is refused.
//
// A request waits for the one before it in each queue, and for the owners of those holds without whose end it cannot fit
// in. Another holder of a semaphore may make room just as well, so of these only one that has too much by itself counts.

import { type Draft, holdsOf, requestsOf } from './requests.ts'
import { reentered } from './serve.ts'
import { placeKey, queueOf, type Request, requestKey, type Want } from './state.ts'

/** Somebody who waits in a cycle, and for which lock. */
export interface CycleStep {
  readonly session: string
  readonly owner: string
  readonly lock: string
}

interface Step {
  readonly request: Request
  readonly want: Want
  readonly from: Step | null
}

/** From the request's own wait to the one for what its owner holds; `null`: there is none. */
export function findCycle(state: Draft, request: Request): readonly CycleStep[] | null {
  if (!holdsAnything(state, request)) return null
  const steps = stepsOf(request, null)
  const seen = new Set<string>()
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { before, owners } = blockersOf(state, step)
    for (const owner of owners) if (isSameOwner(owner, request)) return describe(step)
    for (const next of [...before, ...owners.flatMap((owner) => waitsOf(state, owner))]) {
      const key = requestKey(next.session, next.id)
      if (seen.has(key)) continue
      seen.add(key)
      steps.push(...stepsOf(next, step))
    }
  }
  return null
}

type Owner = Pick<Request, 'session' | 'owner'>

const isSameOwner = (a: Owner, b: Owner): boolean => a.session === b.session && a.owner === b.owner

const stepsOf = (request: Request, from: Step | null): Step[] =>
  request.wants.map((want) => ({ request, want, from }))

function holdsAnything(state: Draft, owner: Owner): boolean {
  for (const request of requestsOf(state, owner.session))
    if (request.tokens !== null && isSameOwner(request, owner)) return true
  return false
}

const waitsOf = (state: Draft, owner: Owner): Request[] =>
  [...requestsOf(state, owner.session)].filter(
    (request) => request.tokens === null && isSameOwner(request, owner),
  )

/** The request before it in the queue, and owners of holds that must end. */
function blockersOf(
  state: Draft,
  { request, want }: Step,
): { readonly before: readonly Request[]; readonly owners: readonly Owner[] } {
  if (reentered(state, request, want) !== undefined) return { before: [], owners: [] }
  const { queues, holders, requests } = state
  const from = queueOf(want.lock)
  const ahead = queues.range({ from, below: placeKey(want.lock, request.sequence), reverse: true, limit: 1 })
  const before = [...ahead].map(([, key]) => requests.get(key) as Request)
  const owners = [...holders.prefix(from)]
    .map(([, key]) => requests.get(key) as Request)
    .filter((holder) => mustEnd(state, holder, want))
  return { before, owners }
}

/** Whether `want` cannot be had while this owner holds what it holds. */
function mustEnd(state: Draft, owner: Owner, want: Want): boolean {
  let permits = 0
  for (const { want: held } of holdsOf(state, owner, want.lock)) {
    if (held.mode !== 'permits') return held.mode === 'exclusive' || want.mode !== 'shared'
    permits += held.count
  }
  return want.mode === 'permits' && permits + want.count > want.of
}

function describe(last: Step): CycleStep[] {
  const cycle: CycleStep[] = []
  for (let step: Step | null = last; step !== null; step = step.from) {
    const { session, owner } = step.request
    cycle.unshift({ session, owner, lock: step.want.lock })
  }
  return cycle
}
