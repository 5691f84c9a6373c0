// What each member does in the tour: waits for the others, submits its commands, and tells what it has then.

import { setTimeout as sleep } from 'node:timers/promises'
import type { CalculatorMember } from './member.ts'

export const group = 'calculator'
export const memberCount = 3
const commandsEach = 5

/** What a member has at the end. */
export interface Report {
  readonly nodeid: number
  /** The values with which its own commands were answered, in turn. */
  readonly answers: readonly number[]
  /** Whose commands it has applied, in order. */
  readonly order: readonly string[]
  readonly value: number
  /** Equal at all members when they have applied the same commands in the same order. */
  readonly digest: string
}

/** Runs one member's part. Nobody submits before all have joined: who joins late has no past yet. */
export async function takeTour(member: CalculatorMember): Promise<Report> {
  await until(() => member.members === memberCount)
  const answers: number[] = []
  for (let i = 1; i <= commandsEach; i++) {
    answers.push(await member.calculate({ who: `${member.nodeid}`, times: member.nodeid + 1, plus: i }))
  }
  await until(() => member.state.order.length === memberCount * commandsEach)
  return { nodeid: member.nodeid, answers, ...member.state, digest: member.digest }
}

async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + 30_000
  while (!condition()) {
    if (performance.now() > endMs)
      throw new Error('The other members did not come, or their commands did not, within 30 s.')
    await sleep(5)
  }
}
