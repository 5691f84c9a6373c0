// What `quorate replay` does: the machine's own file brings the `@quorate/core` that it was made with, and that applies the
// log. With another copy of it, the machine's classes would not be those that the state is made of.

import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Machine, Stored } from '@quorate/core'
import type { StateAt } from '@quorate/core/tools'
import { loadMachine } from './load-machine.ts'

type Tools = typeof import('@quorate/core/tools')

export async function replayed(
  stored: Stored,
  file: string,
  name: string | undefined,
  signal: AbortSignal,
): Promise<StateAt> {
  const path = resolve(file)
  const machine: Machine = await loadMachine(path, name)
  const { stateAtEnd } = await toolsOf(path)
  return stateAtEnd(machine, stored, signal)
}

async function toolsOf(path: string): Promise<Tools> {
  const tools = '@quorate/core/tools'
  try {
    return await import(pathToFileURL(createRequire(path).resolve(tools)).href)
  } catch (error) {
    throw new Error(
      `${path} belongs to no project that has ${tools} (${(error as Error).message}): give the file within its project, with ` +
        'its dependencies installed',
      { cause: error },
    )
  }
}
