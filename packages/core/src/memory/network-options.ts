// What a network within the process is made with: completed, and refused with what to change.

import { inspect } from 'node:util'
import { QuorateError } from '../errors.ts'
import { namesOf, unknownName } from '../known-names.ts'
import { nodeListFault } from '../node-list.ts'

/** Shapes a `MemoryNetwork`. The same options and calls give the same events. */
export interface MemoryNetworkOptions {
  /** The nodes' ids, all connected at first. */
  readonly nodes: readonly number[]
  /** Votes by node id; a node that is not named has one. */
  readonly votes?: Readonly<Record<number, number>>
  /** `'automatic'` (default): events come by themselves. `'manual'`: only by `step` and `drain`. */
  readonly schedule?: 'automatic' | 'manual'
  /** Which of `count` possible steps `step` takes, from 0 to `count - 1`. Without it they take turns. */
  readonly choose?: (count: number) => number
  /** Messages that a channel accepts and that are not ordered yet; further ones are refused. 1,024 by default. */
  readonly queueMessagesMax?: number
  /** Bytes of the largest message. 16 MiB by default. */
  readonly messageBytesMax?: number
  /** Whether a quorum notification comes before or after its ring's view. `'after'` by default. */
  readonly quorum?: 'before' | 'after'
  /**
   * How many of the messages that a sender has waiting at a merge are lost to the nodes that were not in its ring.
   * 0 by default.
   */
  readonly mergeLoss?: number
}

/** `choose` has no default here: taking turns needs a memory. */
export type CompleteNetworkOptions = Required<Omit<MemoryNetworkOptions, 'choose'>> &
  Pick<MemoryNetworkOptions, 'choose'>

const defaults = {
  votes: {},
  schedule: 'automatic',
  queueMessagesMax: 1024,
  messageBytesMax: 16 * 1024 * 1024,
  quorum: 'after',
  mergeLoss: 0,
} as const

const optionNames = namesOf<MemoryNetworkOptions>({
  ...{ nodes: true, votes: true, schedule: true, choose: true, queueMessagesMax: true },
  ...{ messageBytesMax: true, quorum: true, mergeLoss: true },
})

/** @throws {QuorateError} `BadOption`: what to change */
export function completeNetworkOptions(options: MemoryNetworkOptions): CompleteNetworkOptions {
  if (typeof options !== 'object' || options === null) bad('it takes options; at least nodes: [1]')
  check('', unknownName(Object.keys(options), optionNames, 'option '))
  const complete = { ...defaults, ...given(options) }
  check('nodes ', nodeListFault(complete.nodes))
  checkVotes(complete.votes)
  checkChoice('schedule', complete.schedule, ['automatic', 'manual'])
  checkChoice('quorum', complete.quorum, ['before', 'after'])
  if (complete.choose !== undefined && typeof complete.choose !== 'function') bad('choose must be a function')
  checkNumber('queueMessagesMax', complete.queueMessagesMax, 1)
  checkNumber('messageBytesMax', complete.messageBytesMax, 1)
  checkNumber('mergeLoss', complete.mergeLoss, 0)
  return complete
}

/** What is given as undefined is left out. */
function given(options: MemoryNetworkOptions): MemoryNetworkOptions {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as unknown as MemoryNetworkOptions
}

function checkVotes(votes: Readonly<Record<number, number>>): void {
  if (typeof votes !== 'object' || votes === null)
    bad(`votes must be an object, from node ids to numbers, and is ${inspect(votes)}`)
  for (const [nodeid, count] of Object.entries(votes)) checkNumber(`votes[${nodeid}]`, count, 0)
}

function checkChoice(name: string, chosen: string, choices: readonly string[]): void {
  if (!choices.includes(chosen))
    bad(`${name} must be ${choices.map((each) => `'${each}'`).join(' or ')}, and is ${inspect(chosen)}`)
}

function checkNumber(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    bad(`${name} must be a whole number from ${least} on, and is ${inspect(value)}`)
}

function check(what: string, fault: string | null): void {
  if (fault !== null) bad(`${what}${fault}`)
}

function bad(message: string): never {
  throw new QuorateError('BadOption', `MemoryNetwork: ${message}`)
}
