// Which benches there are: the files directly in bench/. Folders beside them hold their parts, `support` those
// that several share.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../root.ts'
import type { Bench } from './bench.ts'

/** Names of all benches, sorted. */
export function benchNames(): string[] {
  return readdirSync(join(root, 'bench'), { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => entry.name.slice(0, -'.ts'.length))
    .sort()
}

/**
 * The bench of that name.
 *
 * @throws {Error} its file exports no `bench`
 */
export async function loadBench(name: string): Promise<Bench> {
  const loaded = (await import(pathToFileURL(join(root, 'bench', `${name}.ts`)).href)) as { bench?: Bench }
  if (loaded.bench === undefined) throw new Error(`bench/${name}.ts must export \`bench: Bench\`.`)
  return loaded.bench
}
