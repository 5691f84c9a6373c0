// Seeded faults of chooseLog: what the simulator must notice (faults.ts).

import type { Chain } from '../../log/entry.ts'
import { compareBallots } from '../../wire/ballot.ts'
import type { VoterSet } from '../../wire/group.ts'
import type { SeededFault } from '../faults.ts'
import { type Choice, chooseLog, highestEpoch, isIntact, lastIndex, type Promised } from './choose-log.ts'

export function chooseWrongly(
  fault: SeededFault,
  set: VoterSet,
  voters: readonly Promised[],
  all: readonly Promised[],
): Choice {
  const epoch = highestEpoch(voters)
  const intact = voters.filter((voter) => isIntact(voter, epoch))
  if (fault === 'longest-log') return longestOf(intact)
  if (fault === 'longest-of-highest-epoch' && epoch !== undefined) {
    return longestOf(intact.filter(({ promise }) => compareBallots(promise.epoch.ballot, epoch.ballot) === 0))
  }
  if (fault === 'possible-for-certain') {
    return chooseLog(set, voters.map(withPossibleAsCertain), all)
  }
  if (fault === 'own-log-chosen') return longestOf(voters.slice(0, 1))
  if (fault === 'commit-not-in-promise')
    return chooseLog(
      set,
      voters,
      intact.filter(({ promise }) => !promise.blank),
    )
  return chooseLog(set, voters, fault === 'learners-commit-ignored' ? voters : all)
}

function longestOf(promised: readonly Promised[]): Choice {
  const [first, ...others] = promised as [Promised, ...Promised[]]
  let longest = first.promise
  for (const { promise } of others) if (lastIndex(promise) > lastIndex(longest)) longest = promise
  const chain = longest.chains[longest.chains.length - 1] as Chain
  return { choice: 'base', base: { index: lastIndex(longest), chain } }
}

const withPossibleAsCertain = ({ nodeid, promise }: Promised): Promised => ({
  nodeid,
  promise: { ...promise, certain: promise.possible },
})
