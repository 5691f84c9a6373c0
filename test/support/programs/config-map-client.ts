// The test's side of programs/config-map.ts.

import type { CmapChanges, CmapValue } from '@quorate/cmap-config'
import { Remote } from '../remote.ts'

/** What programs/config-map.ts reports; `name` is the map's. */
export type ConfigMapEvent =
  | ({ type: 'changes'; tracking: string } & CmapChanges)
  | { type: 'iterated'; tracking: string }
  | { type: 'down'; name: string; message: string }
  | { type: 'up'; name: string }

export type ConfigMapProgram = Remote<ConfigMapEvent>

/** Starts the program in a node. */
export const startConfigMap = (node: Parameters<typeof Remote.start>[0]): Promise<ConfigMapProgram> =>
  Remote.start<ConfigMapEvent>(node, 'config-map')

/** The sets that a tracking was told so far. */
export function setsOf({ events }: ConfigMapProgram, tracking: string): CmapChanges[] {
  return events.filter(
    (event): event is Extract<ConfigMapEvent, { type: 'changes' }> =>
      event.type === 'changes' && event.tracking === tracking,
  )
}

const shown = (value: CmapValue | undefined): string =>
  value === undefined ? '-' : `${value.type} ${value.value}`

/** A set as lines: its cause, and `a.b: uint8 1 → uint8 2` for each key. */
export function linesOf({ cause, differences }: CmapChanges): string[] {
  return [
    cause,
    ...differences.map(({ key, value, oldValue }) => `${key}: ${shown(oldValue)} → ${shown(value)}`),
  ]
}

/** Waits until a tracking has been told so many sets, and returns their lines. */
export async function toldSets(
  program: ConfigMapProgram,
  tracking: string,
  count: number,
): Promise<string[][]> {
  await program.waitFor(`${count} sets of ${tracking}`, () => setsOf(program, tracking).length >= count)
  return setsOf(program, tracking).map(linesOf)
}
