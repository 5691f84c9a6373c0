// Every package can be published: it builds, packs, holds what it must, resolves for those who import it, and once it is
// installed its JavaScript loads in plain Node and its programs start. All in a copy outside of the tree, so that a second
// run, or a build, is not in the way.

import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { root } from '../root.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { run, tool } from './command.ts'
import { install, packedManifest } from './installed.ts'
import { programFaults } from './programs.ts'
import { manifestFaults, tarballFaults } from './published.ts'
import { type Step, StepFailure } from './step.ts'

/** A workspace like this one, with its own packages and this one's dependencies. */
function copyWorkspace(): string {
  const copy = temporaryFolder('packages')
  const notCopied = new Set(['dist'])
  cpSync(join(root, 'packages'), join(copy, 'packages'), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !notCopied.has(basename(path)),
  })
  const files = readdirSync(root).filter((name) => /^(package|tsconfig.*|pnpm-.*)\.(json|yaml)$/.test(name))
  for (const name of files) cpSync(join(root, name), join(copy, name))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  return copy
}

/** Loads every export of an installed package in plain Node, as a user's program does. */
async function load(tarball: string, folder: string): Promise<void> {
  const { name, exports } = await packedManifest(tarball)
  for (const door of Object.keys(exports)) {
    await run(process.execPath, ['--input-type=module', '--eval', `import '${name}${door.slice(1)}'`], folder)
  }
}

async function contentFaults(tarball: string): Promise<string[]> {
  const files = (await run('tar', ['-tzf', tarball])).trim().split('\n')
  const manifest = await packedManifest(tarball)
  return [...tarballFaults(files), ...manifestFaults(manifest)].map((fault) => `${manifest.name}: ${fault}`)
}

function requireNone(faults: readonly string[]): void {
  if (faults.length > 0) throw new StepFailure(faults.join('\n'))
}

async function checkTarballs(tarballs: readonly string[]): Promise<void> {
  requireNone((await Promise.all(tarballs.map(contentFaults))).flat())
  for (const tarball of tarballs) {
    await run(tool('publint'), ['run', tarball, '--strict'])
    await run(tool('attw'), [tarball, '--profile', 'esm-only'])
  }
}

async function pack(copy: string): Promise<string[]> {
  const target = join(copy, 'tarballs')
  mkdirSync(target)
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const pnpm = ['--yes', '--prefer-offline', packageManager]
  await run('npx', [...pnpm, '-r', '--filter', './packages/*', 'pack', '--pack-destination', target], copy)
  return readdirSync(target).map((name) => join(target, name))
}

export const packages: Step = {
  name: 'packages',
  run: async () => {
    const copy = copyWorkspace()
    await run(tool('tsc'), ['-b', 'tsconfig.build.json'], copy)
    const folders = readdirSync(join(copy, 'packages')).map((name) => join(copy, 'packages', name))
    const tarballs = await pack(copy)
    if (tarballs.length !== folders.length) {
      throw new StepFailure(
        `${folders.length} packages, but ${tarballs.length} were packed: ${tarballs.join(', ')}`,
      )
    }
    await checkTarballs(tarballs)
    const user = temporaryFolder('user')
    await install(tarballs, user, copy)
    for (const tarball of tarballs) await load(tarball, user)
    requireNone(await programFaults(user))
  },
}
