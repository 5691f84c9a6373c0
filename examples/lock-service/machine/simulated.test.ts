// The service on simulated replicas: crashes, partitions, lost disks, and clients that submit and do not know what came
// of it. QUORATE_LOCK_SEEDS=20000 plays more.

import { simulate } from '@quorate/testkit'
import { suite } from 'uvu'
import { ok } from 'uvu/assert'
import { assertOrderly } from './invariants.test-support.ts'
import { locks } from './machine.ts'
import { exclusive, permits, shared } from './stage.test-support.ts'
import type { LockState, Want } from './state.ts'

const test = suite('simulated locks')

const seeds = Number(process.env['QUORATE_LOCK_SEEDS'] ?? 25)
const sessions = ['a', 'b', 'c', 'd']
const names = ['w', 'x', 'y']

type Random = Parameters<Parameters<typeof simulate<LockState, unknown>>[1]['client']>[0]['random']

function wantOf(random: Random, lock: string): Want {
  if (lock === 'w') return permits(lock, 1 + random.below(2), 2)
  return random.oneIn(3) ? shared(lock) : exclusive(lock)
}

const request = (random: Random) => ({
  ...{ session: random.pick(sessions), id: `${random.below(3)}`, owner: '', value: null },
  wants: (random.oneIn(3) ? names : [random.pick(names)]).map((lock) => wantOf(random, lock)),
  waitMs: random.pick([null, 0, 3000]),
  reentrant: random.oneIn(2),
  detectDeadlock: true,
})

interface Seen {
  readonly nodeid: number
  readonly index: number
  readonly state: LockState
}

/** A token has one holder, whoever shows it, and who has applied more has given out more. */
function checkTokens(replicas: readonly Seen[]): string | undefined {
  const holders = new Map<string, string>()
  for (const { state } of replicas)
    for (const [, { session, wants, tokens }] of state.requests)
      for (const [place, { lock }] of wants.entries()) {
        const name = `token ${tokens?.[place]} of '${lock}'`
        if (tokens !== null && (holders.get(name) ?? session) !== session) return `two sessions have ${name}`
        if (tokens !== null) holders.set(name, session)
      }
  const given = replicas.toSorted((a, b) => a.index - b.index).map(({ state }) => state.lastToken)
  return given.every((last, i) => last >= (given[i - 1] ?? 0)) ? undefined : `tokens go back: ${given}`
}

test('holders agree on every replica, in every order of events, and no token comes twice', () => {
  let grants = 0
  for (let seed = 1; seed <= seeds; seed++) {
    simulate(locks, {
      seed,
      client({ submit, random, waiting }) {
        if (waiting > 4) return
        if (random.oneIn(8))
          submit('openSession', {
            id: random.pick(sessions),
            client: 'c',
            ttlMs: 8000,
            lockDelayMs: random.pick([0, 1000]),
          })
        else if (random.oneIn(3)) submit('keepAlive', random.pick(sessions))
        else if (random.oneIn(2)) submit('acquire', request(random))
        else if (random.oneIn(12)) submit('closeSession', random.pick(sessions))
        else if (random.oneIn(20)) submit('forceRelease', { lock: random.pick(names), by: 'operator' })
        else submit('release', { session: random.pick(sessions), id: `${random.below(3)}` })
      },
      invariant(replicas) {
        for (const { nodeid, state } of replicas) {
          assertOrderly(state, `node ${nodeid}`)
          grants = Math.max(grants, state.lastToken)
        }
        return checkTokens(replicas)
      },
    })
  }
  ok(grants > 10, `${grants} grants at most in a run`)
})

test.run()
