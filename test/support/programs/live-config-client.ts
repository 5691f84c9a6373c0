// The test's side of programs/live-config.ts.

import type { ConfigChange, ConfigProblem } from '@quorate/cmap-config'
import { Remote } from '../remote.ts'
import type { SectionName } from './live-config.ts'

export type LiveConfigEvent =
  | ({ type: 'change'; name: SectionName } & ConfigChange<unknown>)
  | { type: 'invalid'; name: SectionName; problems: readonly ConfigProblem[] }
  | { type: 'down' }
  | { type: 'up' }

export type LiveConfigProgram = Remote<LiveConfigEvent>

/** Starts the program in a node. */
export const startLiveConfig = (node: Parameters<typeof Remote.start>[0]): Promise<LiveConfigProgram> =>
  Remote.start<LiveConfigEvent>(node, 'live-config')

type Change = Extract<LiveConfigEvent, { type: 'change' }>

/** All changes of a section so far. */
export function changesOf({ events }: LiveConfigProgram, name: SectionName): Change[] {
  return events.filter((event): event is Change => event.type === 'change' && event.name === name)
}

/** What the last change of a section made of it. */
export function lastValue<T>(program: LiveConfigProgram, name: SectionName): T | undefined {
  return changesOf(program, name).at(-1)?.value as T | undefined
}

/** What was refused so far, each with key, value and reason. */
export function refusalsOf({ events }: LiveConfigProgram): ConfigProblem[] {
  return events.flatMap((event) => (event.type === 'invalid' ? event.problems : []))
}

/** A change as lines: its cause, and `a.b: 1 → 2` for each key. */
export function linesOf({ cause, differences }: ConfigChange<unknown>): string[] {
  return [
    cause,
    ...differences.map(({ key, value, oldValue }) => `${key}: ${shown(oldValue)} → ${shown(value)}`),
  ]
}

/** Text in quotes, a bigint with its n: how a value was read is seen. */
function shown(value: unknown): string {
  if (value === undefined) return '-'
  return typeof value === 'bigint' ? `${value}n` : JSON.stringify(value)
}

/** Waits until so many changes of a section have been told, and returns the lines of all. */
export async function toldChanges(
  program: LiveConfigProgram,
  name: SectionName,
  count: number,
): Promise<string[][]> {
  await program.waitFor(`${count} changes of ${name}`, () => changesOf(program, name).length >= count, 30_000)
  return changesOf(program, name).map(linesOf)
}
