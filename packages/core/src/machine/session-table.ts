// Who has a session, and when it ends. Changed by VIEW entries only, so that it is the same on every replica.
// Design: docs/protocol.md, "Sessions".

import type { Incarnation } from '../identity.ts'
import type { Index, ViewBody } from '../log/entry.ts'
import { isInView } from './group-membership.ts'
import type { MachineLimits } from './limits.ts'
import { Session } from './session.ts'

export class SessionTable {
  readonly #byIncarnation = new Map<Incarnation, Session>()

  constructor(sessions: Iterable<Session> = []) {
    for (const session of sessions) this.#byIncarnation.set(session.process.incarnation, session)
  }

  get(incarnation: Incarnation): Session | undefined {
    return this.#byIncarnation.get(incarnation)
  }

  all(): readonly Session[] {
    return [...this.#byIncarnation.values()]
  }

  /** First sessions end, then sessions open: a process whose session just ended gets a new one. */
  applyView(index: Index, view: ViewBody, nowMs: number, limits: MachineLimits): void {
    for (const session of this.all()) this.#look(session, view, nowMs, limits.sessionTimeoutMs)
    for (const { nodeid, pid, incarnation } of view.participants) {
      if (!this.#byIncarnation.has(incarnation))
        this.#byIncarnation.set(incarnation, new Session({ nodeid, pid, incarnation }, index))
    }
    this.#endTheLongestAbsent(limits.sessionsMax)
  }

  #look(session: Session, view: ViewBody, nowMs: number, timeoutMs: number): void {
    const { process, absentSinceMs } = session
    const overdue = absentSinceMs !== null && nowMs - absentSinceMs > timeoutMs
    const present = isInView(process, view)
    // Its node is there without it: the process has ended. Without its node, it may be cut off and come back.
    const gone = !present && view.members.some(({ nodeid }) => nodeid === process.nodeid)
    if (overdue || gone) this.#byIncarnation.delete(process.incarnation)
    else session.absentSinceMs = present ? null : (absentSinceMs ?? nowMs)
  }

  #endTheLongestAbsent(sessionsMax: number): void {
    const excess = this.#byIncarnation.size - sessionsMax
    if (excess <= 0) return
    const absent = this.all().filter(({ absentSinceMs }) => absentSinceMs !== null)
    const longestFirst = absent.sort(
      (a, b) => (a.absentSinceMs ?? 0) - (b.absentSinceMs ?? 0) || a.index - b.index,
    )
    for (const { process } of longestFirst.slice(0, excess)) this.#byIncarnation.delete(process.incarnation)
  }
}
