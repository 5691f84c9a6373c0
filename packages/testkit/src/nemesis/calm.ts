// The calm after the faults: everything runs again, and within a limit every replica must be current, nothing may be
// open, and all must hold the same.

import { waitFor } from '../cluster/wait.ts'
import type { Clients } from './clients.ts'
import { describeFault } from './faults.ts'
import { instantMs } from './instant.ts'
import type { ReplicaStanding } from './orders.ts'
import type { ReplicaProcess } from './replica-process.ts'
import type { Stage } from './stage.ts'
import type { FinalState } from './verdict.ts'

const convergenceTimeoutMs = 60_000
/** A fault's end is a timer of its own. */
const endTimeoutMs = 5000
const readDeadlineMs = 20_000

/** What the replicas are when all is over. */
export interface Calm extends FinalState {
  /** From the moment in which everything runs, until every replica takes part and is current. */
  readonly convergedMs: number
  /** What must not be, in whole sentences. */
  readonly violations: readonly string[]
}

/** @throws {Error} the replicas do not converge, or one ends; says what each of them is */
export async function calmDown(stage: Stage, clients: Clients): Promise<Calm> {
  await stage.calm()
  await stage.untilRing()
  const beginMs = instantMs()
  await untilCurrent(stage.replicas)
  const convergedMs = instantMs() - beginMs
  await clients.stop()
  const standings = await untilEqual(stage.replicas)
  const digests = await Promise.all(
    stage.replicas.map((replica) => replica.order('digest', { deadlineMs: readDeadlineMs })),
  )
  const [first] = stage.replicas as [ReplicaProcess]
  const contents = await first.order('contents', { deadlineMs: readDeadlineMs })
  const violations = [...standings.flatMap(standingViolations), ...digestViolations(digests)]
  return { contents, atMs: instantMs(), convergedMs, violations }
}

/**
 * Between episodes: every replica takes part and is current, with no fault in force and none to come.
 *
 * @throws {Error} they do not converge, or one ends; says what each of them is
 */
export async function untilWhole(stage: Stage): Promise<void> {
  await waitFor({
    what: 'all faults to end',
    timeoutMs: endTimeoutMs,
    look: () => (stage.faults.length === 0 ? true : undefined),
    seen: () => stage.faults.map(describeFault).join(', '),
  })
  await stage.settled()
  await stage.untilRing()
  await untilCurrent(stage.replicas)
}

async function untilCurrent(replicas: readonly ReplicaProcess[]): Promise<void> {
  const holds = ({ primary, members }: ReplicaStanding): boolean =>
    primary && members.length === replicas.length
  await Promise.all(
    replicas.map((replica) => replica.waitForStanding('current with all', holds, convergenceTimeoutMs)),
  )
}

/** Without commands the log grows no more: the replicas come to the same index. */
async function untilEqual(replicas: readonly ReplicaProcess[]): Promise<ReplicaStanding[]> {
  let last: (ReplicaStanding | null)[] = []
  return waitFor({
    what: 'all replicas to have applied the same, with nothing open',
    timeoutMs: convergenceTimeoutMs,
    look: async () => {
      last = await Promise.all(replicas.map((replica) => replica.order('standing', null)))
      const standings = last.filter((standing) => standing !== null)
      const isDone = ({ applied, openCommands }: ReplicaStanding): boolean =>
        applied === standings[0]?.applied && openCommands === 0
      return standings.length === replicas.length && standings.every(isDone) ? standings : undefined
    },
    seen: () => last.map((standing) => JSON.stringify(standing)).join('\n'),
  })
}

function standingViolations({ divergences, ended, unreadable }: ReplicaStanding): string[] {
  return [
    ...(divergences > 0 ? [`A replica's state was ${divergences} times not that of the majority.`] : []),
    ...(ended === null ? [] : [`A replica has stopped: ${ended}`]),
    ...(unreadable > 0 ? [`A replica could not read ${unreadable} messages.`] : []),
  ]
}

function digestViolations(digests: readonly string[]): string[] {
  if (new Set(digests).size <= 1) return []
  return [`The replicas hold different states: the digests are ${digests.join(', ')}.`]
}
