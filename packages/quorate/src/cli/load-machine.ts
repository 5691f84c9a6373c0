// A machine from a file of its program.

import { existsSync } from 'node:fs'
import { extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Machine } from '@quorate/core'

/** @throws {Error} the file cannot be loaded, or has no such machine; with what to do */
export async function loadMachine(path: string, name: string | undefined): Promise<Machine> {
  if (!existsSync(path)) throw new Error(`--machine: ${path} is not there.`)
  return machineIn(path, await load(path), name)
}

async function load(path: string): Promise<Readonly<Record<string, unknown>>> {
  if (['.ts', '.mts'].includes(extname(path))) (await import('tsx/esm/api')).register()
  try {
    return await import(pathToFileURL(path).href)
  } catch (error) {
    throw new Error(
      `--machine: ${path} could not be loaded: ${(error as Error).message}; it must be an ES module`,
      {
        cause: error,
      },
    )
  }
}

function machineIn(
  path: string,
  exports: Readonly<Record<string, unknown>>,
  name: string | undefined,
): Machine {
  const machines = Object.entries(exports).filter(([, value]) => isMachine(value))
  const names = machines.map(([each]) => each)
  const wanted = name ?? (names.includes('default') || names.length !== 1 ? 'default' : names[0])
  const found = machines.find(([each]) => each === wanted)?.[1]
  if (found !== undefined) return found as Machine
  throw new Error(
    names.length === 0
      ? `--machine: ${path} exports no machine: export what defineMachine returns.`
      : `--machine: ${path} has no machine ${name === undefined ? 'as its default export' : `'${name}'`}: give --export ${names.join(' or ')}.`,
  )
}

/** By its shape: it may be of another copy of `@quorate/core` than this program's. */
function isMachine(value: unknown): value is Machine {
  if (typeof value !== 'object' || value === null) return false
  const { name, version, open, limits } = value as Partial<Machine>
  return (
    typeof name === 'string' &&
    typeof version === 'number' &&
    typeof open === 'function' &&
    typeof limits === 'function'
  )
}
