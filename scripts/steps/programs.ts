// The programs of installed packages, started by their names on this machine as it is.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Outcome, outcomeOf } from './command.ts'

interface Expected {
  readonly end: number
  readonly output: RegExp
  readonly errors: RegExp
}

/** A call of a program, and how it may end: one of several ways, where machines differ. */
export interface Call {
  readonly program: string
  readonly arguments_: readonly string[]
  readonly ways: readonly Expected[]
}

const nothing = /^$/
/** Without a daemon, or without its library, or without the right to use it. */
const whatToDo =
  /CS_ERR_LIBRARY\. Is corosync running|LIBRARY_MISSING\. .*install libcmap4|CS_ERR_ACCESS\. Run as root/

/** Of `quorate-cmap`; `file` is a map that it can read. */
export const cmapCalls = (file: string): readonly Call[] => [
  {
    program: 'quorate-cmap',
    arguments_: ['--help'],
    ways: [{ end: 0, output: /^quorate-cmap: .*--file PATH/s, errors: nothing }],
  },
  {
    program: 'quorate-cmap',
    arguments_: ['list', '--file', file],
    ways: [{ end: 0, output: /^service\.limit = uint32 5\n$/, errors: nothing }],
  },
  {
    program: 'quorate-cmap',
    arguments_: ['list'],
    ways: [
      { end: 1, output: nothing, errors: whatToDo },
      { end: 0, output: /^totem\.version = /m, errors: nothing },
    ],
  },
]

/** Of `quorate`, of which `folder` holds nothing that it could read. */
export const quorateCalls = (folder: string): readonly Call[] => [
  {
    program: 'quorate',
    arguments_: ['--help'],
    ways: [{ end: 0, output: /^quorate: .*--machine FILE/s, errors: nothing }],
  },
  {
    program: 'quorate',
    arguments_: ['inspect', folder],
    ways: [{ end: 1, output: nothing, errors: /holds none; give the directory/ }],
  },
]

/** What is wrong with how a call ended; none when it is one of its ways. */
export function callFaults({ program, arguments_, ways }: Call, { end, output, errors }: Outcome): string[] {
  const fits = ways.some((way) => way.end === end && way.output.test(output) && way.errors.test(errors))
  return fits ? [] : [`${[program, ...arguments_].join(' ')} ended with ${end}:\n${output}${errors}`]
}

/** What is wrong with the programs that are installed in `folder`. */
export async function programFaults(folder: string): Promise<string[]> {
  const file = join(folder, 'map.json')
  writeFileSync(file, '{ "service": { "limit": 5 } }')
  const faults: string[] = []
  for (const call of [...cmapCalls(file), ...quorateCalls(folder)]) {
    const program = join(folder, 'node_modules/.bin', call.program)
    faults.push(...callFaults(call, await outcomeOf(program, call.arguments_, folder)))
  }
  return faults
}
