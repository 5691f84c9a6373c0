// Where the workspace is, and how its sources are run.

import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Absolute path of the workspace. Every program and every test runs there. */
export const root: string = dirname(dirname(fileURLToPath(import.meta.url)))

/** What Node needs to run a source: the loader, and workspace packages resolved to their sources. */
export const sourceArguments: readonly string[] = ['--import', 'tsx', '--conditions=@quorate/source']
