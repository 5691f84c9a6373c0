// What a published package must look like, beyond what publint and attw know.

export interface Manifest {
  readonly name: string
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly bin?: Readonly<Record<string, string>>
}

const required = ['package/README.md', 'package/LICENSE', 'package/package.json']

/** What is wrong with the list of files in a tarball. */
export function tarballFaults(files: readonly string[]): string[] {
  const missing = required.filter((path) => !files.includes(path)).map((path) => `${path} is missing.`)
  const surplus = files.filter((path) => !required.includes(path) && !path.startsWith('package/dist/'))
  const tests = files.filter((path) => /\.test[.-]/.test(path))
  return [...missing, ...[...surplus, ...tests].map((path) => `${path} does not belong in it.`)]
}

/** What is wrong with a packed package.json. */
export function manifestFaults({ exports, dependencies = {} }: Manifest): string[] {
  const doors = Object.entries(exports)
    .filter(([, conditions]) => '@quorate/source' in conditions)
    .map(([door]) => `exports["${door}"] leads to sources: publishConfig.exports must name every export.`)
  const links = Object.entries(dependencies)
    .filter(([, version]) => version.startsWith('workspace:'))
    .map(([name]) => `${name} is still a workspace link.`)
  return [...doors, ...links]
}
