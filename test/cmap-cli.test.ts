// quorate-cmap as a program, on a real daemon: output, exit codes, Ctrl-C, a reader who goes away, a daemon that does.

import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is, match } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { waitUntil } from './support/wait-until.ts'

const test = clusterTest('quorate-cmap')
const main = fileURLToPath(new URL('../packages/cmap-config/src/cli/main.ts', import.meta.url))

let cluster: CorosyncCluster

const words = (...args: string[]): string[] => [...process.execArgv, main, ...args]
const cli = (...args: string[]) =>
  cluster.node(1).exec(process.execPath, words(...args), { timeoutMs: 30_000 })

/** A `watch` that runs. */
async function watch(...args: string[]) {
  const child = cluster.node(1).spawn(process.execPath, words('watch', ...args))
  const seen = { out: '', problems: '' }
  child.stdout.on('data', (text) => {
    seen.out += text
  })
  child.stderr.on('data', (text) => {
    seen.problems += text
  })
  // Until it tracks: a key that is set again and again is seen at last.
  for (let i = 0; !seen.out.includes('ready'); i++) await cli('set', 'watch.ready', 'u32', String(i))
  seen.out = ''
  return { child, seen }
}

test('no daemon runs: exit code 1, and what to do', async () => {
  cluster = await CorosyncCluster.start({ nodes: 1, daemons: [] })
  const { code, stdout, stderr } = await cli('list')
  equal([code, stdout], [1, ''])
  match(stderr, 'CS_ERR_LIBRARY. Is corosync running on this node?')
  await cluster.node(1).daemon.start()
})

test('set, get, list, delete', async () => {
  equal((await cli('set', 'test.number', 'uint64', '18446744073709551615')).code, 0)
  equal((await cli('set', 'test.text', 'str', 'two words')).code, 0)
  equal((await cli('set', '--', 'test.number', '7')).code, 0)
  const listed = await cli('list', 'test.')
  equal([listed.code, listed.stdout], [0, 'test.number = uint64 7\ntest.text = string "two words"\n'])
  match((await cluster.node(1).exec('corosync-cmapctl', ['-g', 'test.number'])).stdout, '(u64) = 7')
  equal((await cli('delete', 'test.number', 'test.text')).code, 0)
  const gone = await cli('get', 'test.number')
  equal([gone.code, gone.stdout], [1, ''])
  match(gone.stderr, 'The map has no key "test.number"')
})

test('what cannot be set: exit code 1 for the map’s refusal, 2 for a mistake in the call', async () => {
  is((await cli('set', 'nodelist.node.0.nodeid', '9')).code, 1)
  const untyped = await cli('set', 'test.new', '9')
  is(untyped.code, 1)
  match(
    untyped.stderr,
    'test.new is not there yet, so it needs a type: quorate-cmap set test.new TYPE VALUE.',
  )
  is((await cli('set', 'test.new', 'uint8', '256')).code, 1)
  is((await cli('set', 'test.new', 'uint8', 'nine')).code, 2)
  is((await cli('set', 'test.new', 'number', '9')).code, 2)
})

test('--map stats --json', async () => {
  const { code, stdout } = await cli('get', 'stats.ipcs.global.active', '--map', 'stats', '--json')
  is(code, 0)
  const { value, ...rest } = JSON.parse(stdout)
  equal(rest, { key: 'stats.ipcs.global.active', type: 'uint64' })
  match(value, /^\d+$/)
})

test('watch: old → new, a reload as one, a daemon that is restarted; Ctrl-C ends it with 0', async () => {
  const { child, seen } = await watch('watch.')
  await cli('set', 'watch.key', 'u8', '1')
  await cli('set', 'watch.key', '2')
  await waitUntil(() => seen.out.includes('uint8 2'))
  equal(seen.out, 'watch.key: (none) → uint8 1\nwatch.key: uint8 1 → uint8 2\n')
  cluster.node(1).configure((conf) => conf.set('watch.a', '1').set('watch.b', '2'))
  seen.out = ''
  await cluster.node(1).reload()
  await waitUntil(() => seen.out.includes('watch.b'))
  equal(seen.out, 'reload: 2 keys\n  watch.a: (none) → string "1"\n  watch.b: (none) → string "2"\n')
  seen.out = ''
  await cluster.node(1).daemon.kill('SIGKILL')
  await cluster.node(1).daemon.start()
  await waitUntil(() => seen.problems.includes('back'))
  match(seen.problems, /^Waiting for corosync: .*\nCorosync is back\.\n$/s)
  match(seen.out, /^reconnect: 2 keys\n {2}watch.key: uint8 2 → \(none\)\n {2}watch.ready: .* → \(none\)\n$/)
  child.kill('SIGINT')
  equal(await once(child, 'exit'), [0, null])
})

test('what waits for a daemon that hangs says so, and Ctrl-C ends it', async () => {
  const { child } = await watch('watch.')
  await cluster.node(1).daemon.kill('SIGSTOP')
  const waiting = [['get', 'totem.token'], ['list'], ['set', 'test.key', 'u8', '1'], ['watch']].map((args) =>
    cluster.node(1).spawn(process.execPath, words(...args)),
  )
  const said = waiting.map(({ stderr }) => once(stderr, 'data', { signal: AbortSignal.timeout(20_000) }))
  for (const [text] of await Promise.all(said)) match(`${text}`, 'Corosync runs and does not answer')
  const exits = [child, ...waiting].map((each) => once(each, 'exit', { signal: AbortSignal.timeout(10_000) }))
  for (const each of [child, ...waiting]) each.kill('SIGINT')
  try {
    equal(await Promise.all(exits), [[0, null], ...waiting.map(() => [null, 'SIGINT'])])
  } finally {
    for (const each of waiting) each.kill('SIGKILL')
    await cluster.node(1).daemon.kill('SIGCONT')
  }
})

test('watch, whose reader goes away, ends quietly with 0', async () => {
  const { child, seen } = await watch('watch.')
  child.stdout.destroy()
  const exit = once(child, 'exit')
  await cli('set', 'watch.key', 'u8', '1')
  equal(await exit, [0, null])
  is(seen.problems, '')
})

test('the cluster is closed', async () => {
  await cluster.close()
})

test.run()
