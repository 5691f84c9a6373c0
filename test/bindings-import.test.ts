// A machine without corosync: everything can be imported, nothing native is loaded by it, and the first use says what
// to install.

import { spawnSync } from 'node:child_process'
import { test } from 'uvu'
import { equal, is, match } from 'uvu/assert'

const program = `
  import { readFileSync } from 'node:fs'
  const packages = ['core', 'core/contracts', 'corosync-ffi', 'cpg-transport', 'cmap-config', 'testkit']
  for (const name of packages) await import('@quorate/' + name)
  const native = () =>
    [...new Set(readFileSync('/proc/self/maps', 'utf8').match(/[^/]*(koffi|libcpg|libquorum|libvotequorum|libcmap)[^/]*$/gm))]
  const imported = native()
  const { CmapConnection } = await import('@quorate/cmap-config')
  const { Cpg, Quorum, VoteQuorum } = await import('@quorate/cpg-transport')
  const failures = []
  for (const { open } of [Cpg, Quorum, VoteQuorum, CmapConnection]) {
    await open().then(() => failures.push(null), ({ code, message }) => failures.push({ code, message }))
  }
  console.log(JSON.stringify({ imported, used: native(), failures }))`

interface Outcome {
  /** Native libraries in memory after the imports, and after the first use. */
  readonly imported: readonly string[]
  readonly used: readonly string[]
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

test('importing every package loads neither koffi nor a library of corosync', () => {
  const { imported, used } = run()
  equal(imported, [])
  match(used.join(), 'koffi')
})

const canHide = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0
const hidingTest = canHide ? test : test.skip
if (!canHide)
  console.log('"bindings-import" is skipped. Hiding the installed libraries takes root and unshare.')

hidingTest('without the libraries, every class says which one is missing and how to install it', () => {
  const hide = installedLibraries().map((file) => `mount --bind /dev/null ${file}`)
  const { failures } = run(['unshare', '--mount', 'sh', '-c', [...hide, 'exec "$@"'].join(' && '), 'sh'])
  const debianPackages = ['libcpg4', 'libquorum5', 'libvotequorum8', 'libcmap4']
  equal(
    failures.map((failure) => failure?.code),
    debianPackages.map(() => 'LIBRARY_MISSING'),
  )
  debianPackages.forEach((name, i) => {
    match(failures[i]?.message ?? '', `apt-get install ${name}`)
  })
})

test.run()
