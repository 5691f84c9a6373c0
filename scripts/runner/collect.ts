// Which files are tests: by their place and their name. Fixtures of the runner's own tests are none.

import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { root } from '../root.ts'

export interface TestFiles {
  /** Of packages, scripts, examples and benches: each keeps to its own process. */
  readonly unit: readonly string[]
  /** Of `test/`: they start real clusters. */
  readonly cluster: readonly string[]
}

const notSearched = new Set(['node_modules', 'dist', 'fixtures'])

function testsBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return notSearched.has(entry.name) ? [] : testsBelow(path)
    return entry.name.endsWith('.test.ts') ? [relative(root, path).replaceAll(sep, '/')] : []
  })
}

/** All test files (paths below the root, sorted) that contain one of `patterns`; without patterns all. */
export function collectTests(patterns: readonly string[] = []): TestFiles {
  const wanted = (path: string): boolean =>
    patterns.length === 0 || patterns.some((pattern) => path.includes(pattern))
  const find = (...folders: string[]): string[] =>
    folders
      .flatMap((folder) => testsBelow(join(root, folder)))
      .filter(wanted)
      .sort()
  return { unit: find('bench', 'examples', 'packages', 'scripts'), cluster: find('test') }
}
