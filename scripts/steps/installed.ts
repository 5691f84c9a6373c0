// Packed packages as a user has them: unpacked below `node_modules`, their programs in `.bin`. No registry is asked: what
// else they depend on is linked from the workspace, which has it in the versions that they name.

import { mkdirSync, realpathSync, symlinkSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { run } from './command.ts'
import type { Manifest } from './published.ts'

/** The package.json of a tarball. */
export async function packedManifest(tarball: string): Promise<Manifest> {
  return JSON.parse(await run('tar', ['-xzOf', tarball, 'package/package.json']))
}

/** Installs `tarballs` into `folder`, with dependencies of `workspace`. */
export async function install(tarballs: readonly string[], folder: string, workspace: string): Promise<void> {
  const modules = join(folder, 'node_modules')
  for (const tarball of tarballs) {
    const manifest = await packedManifest(tarball)
    const target = join(modules, manifest.name)
    mkdirSync(target, { recursive: true })
    await run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
    linkDependencies(manifest, target, workspace)
    linkPrograms(manifest, target, join(modules, '.bin'))
  }
}

function linkDependencies({ name, dependencies = {} }: Manifest, target: string, workspace: string): void {
  const [scope] = name.split('/')
  const source = join(workspace, 'packages', basename(name), 'node_modules')
  for (const dependency of Object.keys(dependencies)) {
    if (!dependency.startsWith(`${scope}/`))
      link(realpathSync(join(source, dependency)), join(target, 'node_modules', dependency))
  }
}

function linkPrograms({ bin = {} }: Manifest, target: string, bins: string): void {
  for (const [name, path] of Object.entries(bin)) link(relative(bins, join(target, path)), join(bins, name))
}

function link(to: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(to, path)
}
