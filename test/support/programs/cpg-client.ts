// The test's side of programs/cpg.ts.

import type { Member } from '@quorate/core'
import type {
  CpgAddress,
  CpgConfchg,
  CpgOptions,
  CpgTotemConfchg,
  NodelistNotification,
  QuorumNotification,
} from '@quorate/cpg-transport'
import { Remote } from '../remote.ts'

/** What programs/cpg.ts reports; `name` is the handle's. */
export type CpgEvent =
  | { type: 'deliver'; name: string; group: string; from: Member; text: string; length: number }
  | ({ type: 'confchg'; name: string } & CpgConfchg)
  | ({ type: 'totem'; name: string } & CpgTotemConfchg)
  | ({ type: 'quorum'; name: string } & QuorumNotification)
  | ({ type: 'nodelist'; name: string } & NodelistNotification)
  | { type: 'sent'; name: string; text: string }
  | { type: 'down'; name: string; message: string }
  | { type: 'uncaught'; name: string; message: string }

export type CpgProgram = Remote<CpgEvent>

/** Starts the program in a node. */
export const startCpg = (node: Parameters<typeof Remote.start>[0]): Promise<CpgProgram> =>
  Remote.start<CpgEvent>(node, 'cpg')

/** The events of one type, of one handle. */
export function eventsOf<T extends CpgEvent['type']>(
  { events }: CpgProgram,
  type: T,
  name: string,
): Extract<CpgEvent, { type: T }>[] {
  return events.filter(
    (event): event is Extract<CpgEvent, { type: T }> => event.type === type && event.name === name,
  )
}

const nodes = (list: readonly { nodeid: number }[]): string =>
  [...list]
    .map(({ nodeid }) => nodeid)
    .sort((a, b) => a - b)
    .join(' ')

const signed = (sign: string, list: readonly CpgAddress[]): string =>
  list.map(({ nodeid, reason }) => ` ${sign}${nodeid} ${reason}`).join('')

/** One event as a line: `confchg 1 2 +2 JOIN`, `totem 1 2 3`, `quorum 1 2 3 yes`, or the text of a message. */
function line(event: CpgEvent): string {
  if (event.type === 'confchg') {
    return `confchg ${nodes(event.members)}${signed('-', event.left)}${signed('+', event.joined)}`
  }
  if (event.type === 'totem') return `totem ${[...event.nodeids].join(' ')}`
  if (event.type === 'quorum') return `quorum ${event.members.join(' ')} ${event.quorate ? 'yes' : 'no'}`
  return event.type === 'deliver' ? event.text : event.type
}

/** What a handle reported, a line for each event, from its `from`-th on. */
export function transcript({ events }: CpgProgram, name: string, from = 0): string[] {
  return events
    .filter((event) => event.name === name)
    .slice(from)
    .map(line)
}

/** Waits until a handle has reported `lines` after its first `from` events, and returns all from there on. */
export async function heard(
  program: CpgProgram,
  name: string,
  lines: readonly string[],
  from = 0,
): Promise<string[]> {
  const all = (): boolean => lines.every((one) => transcript(program, name, from).includes(one))
  await program.waitFor(`"${lines.join('", "')}" of ${name}`, all)
  return transcript(program, name, from)
}

/** Opens a handle of the name of its group, joins, and waits for what a join reports. */
export async function joinGroup(program: CpgProgram, group: string, options: CpgOptions = {}): Promise<void> {
  await program.call('open', group, options)
  await program.call('join', group, group)
  const first = options.model === 'V0' || options.initialTotemConf === false ? 'confchg' : 'totem'
  if (options.autoDispatch === false) return
  await program.waitFor(`first ${first} of ${group}`, () => eventsOf(program, first, group).length > 0)
}

/** The error of a call that must fail. */
export async function failureOf(call: Promise<unknown>): Promise<Error & { code?: string; hint?: string }> {
  const failed = await call.then(
    () => undefined,
    (error: Error) => error,
  )
  if (failed === undefined) throw new Error('The call succeeded; it was to fail.')
  return failed
}
