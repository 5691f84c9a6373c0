// Every wall of biome.json bites: a workspace of offences, each of which the linter must name, and of their
// innocent neighbours.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import { equal, is } from 'uvu/assert'
import { root } from './root.ts'
import { tool } from './steps/command.ts'
import { temporaryFolder } from './temporary-folder.ts'

type Probe = readonly [path: string, line: string]

const packages = [
  'core',
  'corosync-ffi',
  'cmap-config',
  'cpg-transport',
  'lmdb-storage',
  'quorate',
  'systemd',
  'testkit',
]
const core = 'packages/core/src'
const protocol = `${core}/protocol/round/probe.ts`

/** Each breaks the rule that it stands under. */
const offences: Readonly<Record<string, readonly Probe[]>> = {
  'style/noRestrictedImports': [
    ['scripts/probe.ts', "import 'koffi'"],
    ['test/probe.ts', "import 'koffi'"],
    ['test/probe.ts', "import 'koffi/indirect'"],
    ['test/probe.ts', "import '../packages/core/src/ports/transport.ts'"],
    ['test/deep/er/probe.ts', "import '../../../packages/core/dist/index.js'"],
    ['bench/probe.ts', "import '../packages/core/src/index.ts'"],
    ['examples/chat/probe.ts', "import '../../packages/core/src/index.ts'"],
    ['examples/chat/probe.ts', "import('koffi')"],
    [`${core}/probe.ts`, "import 'koffi'"],
    [`${core}/probe.ts`, "import '@quorate/corosync-ffi'"],
    [`${core}/probe.ts`, "import '@quorate/testkit'"],
    [`${core}/deep/probe.test.ts`, "import '@quorate/cpg-transport'"],
    [`${core}/probe.ts`, "import '../../corosync-ffi/src/index.ts'"],
    [`${core}/probe.ts`, "export { x } from '@quorate/cmap-config'"],
    [`${core}/probe.ts`, "import type { X } from '@quorate/cmap-config'"],
    ['packages/corosync-ffi/src/probe.ts', "import '@quorate/core'"],
    ['packages/cmap-config/src/probe.ts', "import '@quorate/core'"],
    ['packages/cmap-config/src/probe.ts', "import 'koffi'"],
    ['packages/cmap-config/src/probe.ts', "import '@quorate/cpg-transport'"],
    ['packages/cpg-transport/src/probe.ts', "import '@quorate/testkit'"],
    ['packages/cpg-transport/src/probe.ts', "import 'koffi'"],
    ['packages/lmdb-storage/src/probe.ts', "import '@quorate/cpg-transport'"],
    ['packages/lmdb-storage/src/probe.ts', "import '@quorate/testkit'"],
    ['packages/lmdb-storage/src/probe.ts', "import 'koffi'"],
    ['packages/quorate/src/probe.ts', "import '@quorate/testkit'"],
    ['packages/quorate/src/probe.ts', "import 'koffi'"],
    ['packages/systemd/src/probe.ts', "import '@quorate/cpg-transport'"],
    ['packages/systemd/src/probe.ts', "import 'koffi'"],
    ['packages/testkit/src/probe.ts', "import '@quorate/cpg-transport'"],
    ['packages/testkit/src/probe.ts', "import '@quorate/corosync-ffi'"],
    ['packages/testkit/src/probe.ts', "import 'koffi'"],
    ['packages/new-package/src/probe.ts', "import '@quorate/core'"],
    [protocol, "import 'koffi'"],
    [protocol, "import '@quorate/corosync-ffi'"],
    [protocol, "import 'node:assert'"],
    [protocol, "import '../../ports/transport.ts'"],
    [protocol, "import '../../runtime/loop.ts'"],
    [`${core}/machine/probe.ts`, "import '../protocol/engine.ts'"],
    [`${core}/machine/probe.ts`, "import 'koffi'"],
  ],
  'style/noRestrictedGlobals': [
    [protocol, 'export const now: number = Date.now()'],
    [protocol, 'export const now: Date = new Date()'],
    [protocol, 'export const now: number = performance.now()'],
    [protocol, 'setTimeout(() => {}, 1)'],
    [protocol, 'setInterval(() => {}, 1)'],
    [protocol, 'setImmediate(() => {})'],
    [protocol, 'queueMicrotask(() => {})'],
    [protocol, 'console.log(1)'],
    [protocol, 'export const id: string = crypto.randomUUID()'],
    [protocol, 'export const later: Promise<number> = Promise.resolve(1)'],
  ],
  'nursery/noJsRestrictedProperties': [[protocol, 'export const x: number = Math.random()']],
  'nursery/noFloatingPromises': [
    ['scripts/probe.ts', 'async function f(): Promise<void> {}\nf()'],
    [`${core}/probe.ts`, 'Promise.resolve(1)'],
  ],
  'suspicious/noFocusedTests': [['test/probe.test.ts', "test.only('x', () => {})"]],
  'correctness/noUndeclaredDependencies': [[`${core}/probe.ts`, "import 'uvu'"]],
}

const innocent: readonly Probe[] = [
  ['packages/corosync-ffi/src/probe.ts', "import 'koffi'"],
  ['packages/cpg-transport/src/probe.ts', "import '@quorate/core'"],
  ['packages/cpg-transport/src/probe.test.ts', "import '@quorate/core/contracts'"],
  ['packages/cpg-transport/src/probe.ts', "import '@quorate/corosync-ffi'"],
  // The configured nodes stand in CMAP.
  ['packages/cpg-transport/src/probe.ts', "import '@quorate/cmap-config'"],
  ['packages/cmap-config/src/probe.test.ts', "import '@quorate/corosync-ffi'"],
  ['packages/lmdb-storage/src/probe.ts', "import 'lmdb'"],
  ['packages/lmdb-storage/src/probe.ts', "import '@quorate/core/encoding'"],
  ['packages/lmdb-storage/src/probe.test.ts', "import '@quorate/core/contracts'"],
  ['packages/quorate/src/probe.ts', "import '@quorate/lmdb-storage'"],
  ['packages/systemd/src/probe.ts', "import '@quorate/core'"],
  ['packages/systemd/src/probe.ts', "import '@quorate/corosync-ffi'"],
  ['packages/testkit/src/probe.ts', "import '@quorate/cmap-config'"],
  ['packages/testkit/src/probe.test.ts', "import '@quorate/core'"],
  [`${core}/probe.test.ts`, "import '@quorate/core/contracts'"],
  [`${core}/deep/probe.ts`, "import '../ports/transport.ts'"],
  [`${core}/deep/probe.ts`, "import 'node:assert'"],
  [`${core}/deep/probe.ts`, 'export const now: number = Date.now() + Math.random()'],
  ['test/probe.ts', "import '@quorate/core'"],
  [protocol, 'export const x: number = Math.floor(2.5)'],
  [protocol, "import '../state.ts'"],
  [`${core}/protocol/round/probe.test.ts`, "import 'node:assert'\nexport const x: number = Math.random()"],
]

/** Puts each probe into a file of its own, beside which nothing else can be at fault. */
function writeProbe(folder: string, [path, line]: Probe, index: number): string {
  const own = path.replace('probe', `probe-${index}`)
  mkdirSync(dirname(join(folder, own)), { recursive: true })
  writeFileSync(join(folder, own), `${line}\n`)
  return own
}

/** Lints a copy of the workspace's configuration with `probes` in it; the rules that each one broke. */
function lintProbes(probes: readonly Probe[]): string[][] {
  const folder = temporaryFolder('walls')
  cpSync(join(root, 'biome.json'), join(folder, 'biome.json'))
  for (const name of packages) {
    const manifest = join('packages', name, 'package.json')
    cpSync(join(root, manifest), join(folder, manifest), { recursive: true })
  }
  const paths = probes.map((probe, index) => writeProbe(folder, probe, index))
  const flags = ['--vcs-enabled=false', '--reporter=github', '--max-diagnostics=none']
  const { stdout } = spawnSync(tool('biome'), ['lint', ...flags, '.'], { cwd: folder, encoding: 'utf8' })
  const found = [...stdout.matchAll(/title=lint\/([^,]+),file=([^,]+),/g)]
  return paths.map((path) =>
    found.filter(([, , file]) => file?.endsWith(`/${path}`) || file === path).map(([, rule]) => rule ?? ''),
  )
}

const probes = Object.entries(offences).flatMap(([rule, lines]) => lines.map((probe) => ({ rule, probe })))
const broken = lintProbes([...probes.map(({ probe }) => probe), ...innocent])

for (const [index, { rule, probe }] of probes.entries()) {
  test(`${probe.join(': ')} breaks ${rule}`, () => is(broken[index]?.includes(rule), true))
}

for (const [index, probe] of innocent.entries()) {
  test(`${probe.join(': ')} is allowed`, () => equal(broken[probes.length + index], []))
}

test.run()
