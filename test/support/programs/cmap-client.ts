// The test's side of programs/cmap.ts.

import type { CmapChange, CmapValue } from '@quorate/cmap-config'
import { Remote } from '../remote.ts'
import { failureOf } from './cpg-client.ts'

/** What programs/cmap.ts reports; `name` is the handle's. */
export type CmapEvent =
  | ({ type: 'change'; tracking: string } & CmapChange)
  | { type: 'down'; name: string; message: string }
  | { type: 'uncaught'; message: string }

type Change = Extract<CmapEvent, { type: 'change' }>
export type CmapProgram = Remote<CmapEvent>

/** Starts the program in a node. */
export const startCmap = (node: Parameters<typeof Remote.start>[0]): Promise<CmapProgram> =>
  Remote.start<CmapEvent>(node, 'cmap')

/** The code of the error of a call that must fail. */
export const codeOf = async (failing: Promise<unknown>): Promise<string | undefined> =>
  (await failureOf(failing)).code

export function changesOf({ events }: CmapProgram, tracking: string): Change[] {
  return events.filter((event): event is Change => event.type === 'change' && event.tracking === tracking)
}

const shown = (value: CmapValue | undefined): string =>
  value === undefined ? '-' : `${value.type} ${value.value} (${value.length})`

/** What a tracking reported, a line for each change: `MODIFY a.b: uint8 1 (1) → uint8 2 (1)`. */
export function transcript(program: CmapProgram, tracking: string): string[] {
  return changesOf(program, tracking).map(
    ({ event, key, oldValue, value }) => `${event} ${key}: ${shown(oldValue)} → ${shown(value)}`,
  )
}

/** Waits until a tracking has reported so many changes, and returns all. */
export async function told(program: CmapProgram, tracking: string, count: number): Promise<string[]> {
  await program.waitFor(`${count} changes of ${tracking}`, () => changesOf(program, tracking).length >= count)
  return transcript(program, tracking)
}
