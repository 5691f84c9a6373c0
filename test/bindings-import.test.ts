// A machine without corosync: everything can be imported, nothing native is loaded by it, and the first use says what
// to install.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'uvu'
import { equal, is, match, ok } from 'uvu/assert'

const packages = fileURLToPath(new URL('../packages', import.meta.url))

/** What can be imported: every export of every package. */
const doors = readdirSync(packages).flatMap((folder) => {
  const { name, exports } = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'))
  return Object.keys(exports).map((door) => `${name}${door.slice(1)}`)
})

const folder = mkdtempSync(join(tmpdir(), 'quorate-import-'))
const file = join(folder, 'map.json')
writeFileSync(file, '{ "totem": { "token": 1500 } }')

const program = `
  import { readFileSync } from 'node:fs'
  for (const door of ${JSON.stringify(doors)}) await import(door)
  const native = () =>
    [...new Set(readFileSync('/proc/self/maps', 'utf8').match(/[^/]*(koffi|libcpg|libquorum|libvotequorum|libcmap)[^/]*$/gm))]
  const { Cmap, CmapConnection, configuredTotem, FileMap, liveConfig } = await import('@quorate/cmap-config')
  const { Cpg, Quorum, VoteQuorum } = await import('@quorate/cpg-transport')
  const map = await FileMap.open({ path: ${JSON.stringify(file)} })
  const config = await liveConfig({ map, ...configuredTotem })
  await config.close()
  await map.close()
  const unused = native()
  const failures = []
  const onDaemon = async () => liveConfig({ map: await Cmap.open(), ...configuredTotem })
  for (const open of [...[Cpg, Quorum, VoteQuorum, CmapConnection, Cmap].map((type) => () => type.open()), onDaemon]) {
    await open().then(() => failures.push(null), ({ code, message }) => failures.push({ code, message }))
  }
  console.log(JSON.stringify({ unused, used: native(), tokenMs: config.value.tokenMs, failures }))`

interface Outcome {
  /** Native libraries in memory after the imports and a file's configuration, and after the first use of a daemon. */
  readonly unused: readonly string[]
  readonly used: readonly string[]
  /** Of the live configuration of a file. */
  readonly tokenMs: number
  readonly failures: readonly ({ readonly code: string; readonly message: string } | null)[]
}

/** Runs the program, behind the words of `command`. */
function run(command: readonly string[] = []): Outcome {
  const words = [...command, process.execPath, ...process.execArgv, '--input-type=module', '-e', program]
  const [file = '', ...args] = words
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8' })
  is(status, 0, stderr)
  return JSON.parse(stdout)
}

/** The files of corosync's client libraries that the dynamic linker would find here. */
function installedLibraries(): string[] {
  const { stdout } = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' })
  const lines = (stdout ?? '').split('\n').filter((line) => /lib(cpg|quorum|votequorum|cmap)\.so/.test(line))
  return lines.map((line) => line.split(' => ')[1] ?? '')
}

test('importing all there is, and configuration from a file, load neither koffi nor a library of corosync', () => {
  ok(doors.includes('@quorate/cmap-config/contracts'))
  const { unused, used, tokenMs } = run()
  is(tokenMs, 1500)
  equal(unused, [])
  match(used.join(), 'koffi')
})

const canHide = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0
const hidingTest = canHide ? test : test.skip
if (!canHide)
  console.log('"bindings-import" is skipped. Hiding the installed libraries takes root and unshare.')

hidingTest('without the libraries, every class says which one is missing and how to install it', () => {
  const hide = installedLibraries().map((file) => `mount --bind /dev/null ${file}`)
  const { failures, tokenMs } = run([
    'unshare',
    '--mount',
    'sh',
    '-c',
    [...hide, 'exec "$@"'].join(' && '),
    'sh',
  ])
  is(tokenMs, 1500)
  const debianPackages = ['libcpg4', 'libquorum5', 'libvotequorum8', 'libcmap4', 'libcmap4', 'libcmap4']
  equal(
    failures.map((failure) => failure?.code),
    debianPackages.map(() => 'LIBRARY_MISSING'),
  )
  debianPackages.forEach((name, i) => {
    match(failures[i]?.message ?? '', `apt-get install ${name}`)
  })
})

test('the folder is removed', () => rmSync(folder, { recursive: true }))

test.run()
