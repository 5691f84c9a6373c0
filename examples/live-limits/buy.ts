// Buying, as an answer to a person: also a ticket that is refused is one.

import { Rejection, type Replica } from '@quorate/core'
import type { tickets } from './machine.ts'

export async function buy(replica: Replica<typeof tickets>, who: string): Promise<string> {
  try {
    return `ticket ${await replica.submit.buy(who)}`
  } catch (error) {
    if (error instanceof Rejection) return error.message
    throw error
  }
}

/** Several in one moment: the answers, and how many entries of the log it took. */
export async function buyAll(
  replica: Replica<typeof tickets>,
  names: readonly string[],
): Promise<{ readonly answers: readonly string[]; readonly entries: number }> {
  const before = replica.status.applied
  const answers = await Promise.all(names.map((who) => buy(replica, who)))
  return { answers, entries: replica.status.applied - before }
}
