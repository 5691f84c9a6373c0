// Installs the workspace when it is missing or older than the lockfile.
// Plain Node without dependencies: it runs on a fresh clone, before anything is there to import.

import { spawnSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Modification time in ms of a file below the root; 0 when it is absent. */
function modifiedMs(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function inputsModifiedMs() {
  return Math.max(...['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'].map(modifiedMs))
}

/** Ends the process with a message that says what to do when this Node is too old. */
function requireNode(manifest) {
  const wanted = manifest.engines.node.replace('>=', '').split('.').map(Number)
  const running = process.versions.node.split('.').map(Number)
  const newer = running[0] > wanted[0] || (running[0] === wanted[0] && running[1] >= wanted[1])
  if (newer) return
  console.error(`Quorate needs Node ${manifest.engines.node}; this is ${process.version}.`)
  process.exit(1)
}

/** Brings `node_modules` up to the lockfile. Takes some 20 s on a fresh clone, nothing when it is current. */
export function bootstrap() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  requireNode(manifest)
  if (modifiedMs('node_modules/.modules.yaml') > inputsModifiedMs()) return
  console.error('Installing the workspace with pnpm (first run, or the lockfile has changed) ...')
  const arguments_ = [
    '--yes',
    manifest.packageManager,
    'install',
    '--frozen-lockfile',
    '--reporter=append-only',
  ]
  const installed = spawnSync('npx', arguments_, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, npm_config_update_notifier: 'false' },
  })
  if (installed.status === 0) return
  console.error(`${installed.stdout ?? ''}${installed.stderr ?? ''}`)
  console.error(
    `The installation failed: npx ${arguments_.join(' ')} ended with ${installed.status ?? installed.error}.`,
  )
  console.error(
    'It needs the npm registry. Run it by hand to see more, or remove node_modules and try again.',
  )
  process.exit(1)
}
