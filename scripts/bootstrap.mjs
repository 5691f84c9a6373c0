// Installs the workspace when it is missing or older than the lockfile or a manifest.
// Plain Node without dependencies: it runs on a fresh clone, before anything is there to import.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))
const installed = 'node_modules/.modules.yaml'

/** Modification time in ms of a file below the root; 0 when it is absent. */
function modifiedMs(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function inputsModifiedMs() {
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/package.json`)
  const inputs = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...packages]
  return Math.max(...inputs.map(modifiedMs))
}

function readManifest() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
}

/** The command line of the pnpm that the root manifest pins. Needs nothing installed but npm. */
function pnpmCommand(...arguments_) {
  return ['npx', '--yes', readManifest().packageManager, ...arguments_]
}

/** Ends the process with a message that says what to do when this Node is too old. */
function requireNode() {
  const { node } = readManifest().engines
  const wanted = node.replace('>=', '').split('.').map(Number)
  const running = process.versions.node.split('.').map(Number)
  const newer = running[0] > wanted[0] || (running[0] === wanted[0] && running[1] >= wanted[1])
  if (newer) return
  console.error(`Quorate needs Node ${node}; this is ${process.version}.`)
  process.exit(1)
}

/**
 * Puts a lock in front of a command: npx's cache is shared by all clones, and two installations into one
 * `node_modules` break each other. The kernel frees it with its holder, however that ends. No flock, no lock.
 */
function exclusively(command) {
  const flock = '/usr/bin/flock'
  if (!existsSync(flock)) return command
  return [flock, join(tmpdir(), `quorate-install-${userInfo().uid}.lock`), ...command]
}

function explainFailure(command, { stdout, stderr, status, error }) {
  console.error(`${stdout ?? ''}${stderr ?? ''}`)
  console.error(`The installation failed: ${command.join(' ')} ended with ${status ?? error}.`)
  console.error(
    'It needs the npm registry. Run it by hand to see more, or remove node_modules and try again.',
  )
  console.error('After a change of a package.json, bring the lockfile up to date first:')
  console.error(`  ${pnpmCommand('install', '--no-frozen-lockfile').join(' ')}`)
}

/** Brings `node_modules` up to the lockfile. Takes some 20 s on a fresh clone, nothing when it is current. */
export function bootstrap() {
  requireNode()
  if (modifiedMs(installed) > inputsModifiedMs()) return
  console.error('Installing the workspace with pnpm (first run, or a manifest has changed) ...')
  const startedAt = new Date()
  const command = pnpmCommand('install', '--frozen-lockfile', '--reporter=append-only')
  const [program, ...arguments_] = exclusively(command)
  const result = spawnSync(program, arguments_, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, npm_config_update_notifier: 'false' },
  })
  if (result.status !== 0) {
    explainFailure(command, result)
    process.exit(1)
  }
  // pnpm leaves the file alone when there was nothing to do, and this would run again every time. The start
  // and not the end: what changed in between is not known to be installed.
  utimesSync(join(root, installed), startedAt, startedAt)
}
