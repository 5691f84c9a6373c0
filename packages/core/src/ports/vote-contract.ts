// The contract that every vote lock passes: what ports/vote.ts guarantees within one process. That a vote ends with its
// process, each implementation shows with processes of its own.

import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ContractCase } from './transport-contract-subject.ts'
import type { HeldVote, VoteLock, VoteName } from './vote.ts'

type Scene = readonly [name: string, play: (lock: VoteLock, vote: VoteName) => Promise<void>]

/**
 * The cases for `lock`, on votes of groups whose names begin with `prefix`: nobody else's, also in other processes.
 *
 * @example
 * for (const { name, run } of voteLockContract(systemVoteLock, `test-${process.pid}`)) test(name, run)
 */
export function voteLockContract(lock: VoteLock, prefix: string): ContractCase[] {
  return scenes.map(([name, play], place) => ({
    name,
    run: () => play(lock, { group: `${prefix}-${place}`, nodeid: 1 }),
  }))
}

const nobodyWaits = {
  waiting: (where: string): void => assert.fail(`It is free, and waited for: ${where}`),
}

/** Long enough for who could have the vote to have it. */
const settleMs = 50

/** Takes a vote that is held; `where` are the names it was told to wait for. */
function queue(lock: VoteLock, vote: VoteName, signal?: AbortSignal) {
  const where: string[] = []
  const state = { held: null as HeldVote | null, where }
  const taken = lock.take(vote, { signal, waiting: (name) => where.push(name) })
  return {
    state,
    taken: taken.then((held) => {
      state.held = held
      return held
    }),
  }
}

const scenes: readonly Scene[] = [
  [
    'a vote that is free is had at once, and again once it was released',
    async (lock, vote) => {
      for (let i = 0; i < 3; i++) await (await lock.take(vote, nobodyWaits)).release()
    },
  ],
  [
    'votes of other nodes and groups are others',
    async (lock, { group }) => {
      // Names that differ only in their last of 127 bytes are others, too.
      const long = group.padEnd(126, '-')
      const names = [
        ...[1, 2].map((nodeid) => ({ group, nodeid })),
        ...['a', 'b'].map((last) => ({ group: `${long}${last}`, nodeid: 1 })),
      ]
      const held = await Promise.all(names.map((name) => lock.take(name, nobodyWaits)))
      for (const each of held) await each.release()
    },
  ],
  [
    'who comes second is told once what it waits for, and has the vote when it is released',
    async (lock, vote) => {
      const first = await lock.take(vote, nobodyWaits)
      const second = queue(lock, vote)
      await sleep(settleMs)
      assert.equal(second.state.held, null)
      assert.equal(second.state.where.length, 1)
      await first.release()
      await (await second.taken).release()
      assert.equal(second.state.where.length, 1)
    },
  ],
  [
    'of several that wait one has it at a time, and each in the end',
    async (lock, vote) => {
      const first = await lock.take(vote, nobodyWaits)
      let holders = 1
      const waiters = [1, 2, 3].map(async () => {
        const held = await queue(lock, vote).taken
        assert.equal(++holders, 1)
        await sleep(1)
        holders -= 1
        await held.release()
      })
      await sleep(settleMs)
      holders -= 1
      await first.release()
      await Promise.all(waiters)
    },
  ],
  [
    'to release twice takes the vote from nobody',
    async (lock, vote) => {
      const first = await lock.take(vote, nobodyWaits)
      await first.release()
      const second = await lock.take(vote, nobodyWaits)
      await first.release()
      const third = queue(lock, vote)
      await sleep(settleMs)
      assert.equal(third.state.held, null)
      await second.release()
      await (await third.taken).release()
    },
  ],
  [
    'who gives up gets the reason, and not the vote',
    async (lock, vote) => {
      const first = await lock.take(vote, nobodyWaits)
      const controller = new AbortController()
      const second = queue(lock, vote, controller.signal)
      await sleep(settleMs)
      controller.abort('enough')
      assert.equal(await second.taken.catch((reason: unknown) => reason), 'enough')
      const early = queue(lock, vote, controller.signal)
      assert.equal(await early.taken.catch((reason: unknown) => reason), 'enough')
      await first.release()
      await (await lock.take(vote, nobodyWaits)).release()
    },
  ],
]
