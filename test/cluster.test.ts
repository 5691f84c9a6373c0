// The testkit's clusters against real daemons: does each promise of CorosyncCluster hold as seen from the nodes?

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ClusterNode, CorosyncCluster } from '@quorate/testkit'
import * as assert from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { measureRoundTrips, programArgs, UdpLines } from './support/node-programs.ts'
import { networksBelow, processesIn } from './support/processes.ts'

const test = clusterTest('CorosyncCluster')

let shared: CorosyncCluster | undefined

/** The cluster that the first test started and the last one closes. */
function cluster(): CorosyncCluster {
  if (shared === undefined) throw new Error('The cluster did not start; see the first test.')
  return shared
}

async function runtimeToken(node: ClusterNode): Promise<string | undefined> {
  const { stdout } = await node.exec('corosync-cmapctl', ['-g', 'runtime.config.totem.token'])
  return /= (\d+)/.exec(stdout)?.[1]
}

function errorOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'no error',
    (error: Error) => error.message,
  )
}

/** How long until nothing runs in these networks any more; at most `limitMs`. */
async function timeUntilEmptyMs(networks: ReadonlySet<string>, limitMs: number): Promise<number> {
  const start = performance.now()
  while (processesIn(networks).length > 0 && performance.now() - start < limitMs) await sleep(20)
  return performance.now() - start
}

function sharedMemoryFiles(): string[] {
  return readdirSync('/dev/shm').filter((name) => name.startsWith('qb-'))
}

test('starts three quorate nodes in one ring', async () => {
  const start = performance.now()
  shared = await CorosyncCluster.start({ nodes: 3 })
  const tookMs = performance.now() - start
  for (const node of cluster().nodes) {
    const status = await node.status()
    assert.equal(status?.members, [1, 2, 3])
    assert.is(status?.quorate, true)
  }
  assert.ok(tookMs < 10_000, `start took ${tookMs} ms`)
})

test('a program in a node has its network, host name and files, and the working directory of here', async () => {
  const { stdout, code } = await cluster().node(2).exec('sh', ['-c', 'hostname; pwd; ip -o -4 address'])
  const [hostname, directory, ...addresses] = stdout.split('\n')
  assert.is(code, 0)
  assert.is(hostname, 'node2')
  assert.is(directory, process.cwd())
  assert.match(addresses.join(), new RegExp(` ${cluster().node(2).address}/24 `))
  const conf = await cluster().node(2).exec('cat', ['/etc/corosync/corosync.conf'])
  assert.is(conf.stdout, readFileSync(cluster().node(2).path('/etc/corosync/corosync.conf'), 'utf8'))
})

test('exec answers with output and exit code, and takes input', async () => {
  const node = cluster().node(1)
  const { stdout, stderr, code } = await node.exec('sh', ['-c', 'cat; echo oh >&2; exit 3'], { input: 'in' })
  assert.equal([stdout, stderr, code], ['in', 'oh\n', 3])
  assert.is((await node.exec('no-such-program')).code, 127)
  assert.is((await node.exec('sleep', ['100'], { timeoutMs: 200 })).signal, 'SIGKILL')
})

test('the child process of a spawned program is the program itself', async () => {
  const child = cluster()
    .node(1)
    .spawn('sh', ['-c', 'trap "echo caught; exit 5" TERM; echo $$; while :; do sleep 0.05; done'])
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  assert.is(Number(line.toString()), child.pid)
  child.kill('SIGTERM')
  const [caught] = (await once(child.stdout, 'data')) as [Buffer]
  const [code] = await once(child, 'exit')
  assert.equal([caught.toString(), code], ['caught\n', 5])
})

test('the command to enter a node leads there', async () => {
  const shell = spawn('sh', ['-c', cluster().node(3).enterCommand])
  shell.stdin.end('hostname\n')
  const [said] = (await once(shell.stdout, 'data')) as [Buffer]
  assert.is(said.toString(), 'node3\n')
})

test('the nodes of a partition make rings of their own, and one ring again after healing', async () => {
  await cluster().partition([[1], [2, 3]])
  await Promise.all([cluster().waitForRing([1]), cluster().waitForRing([2, 3])])
  await Promise.all([cluster().waitForInquorate([1]), cluster().waitForQuorate([2, 3])])
  await cluster().heal()
  await cluster().waitForRing([1, 2, 3])
  await cluster().waitForQuorate()
})

test('a blocked direction loses everything, and the other direction nothing', async () => {
  const [one, two] = [await UdpLines.start(cluster().node(1)), await UdpLines.start(cluster().node(2))]
  await cluster().block(1, 2)
  one.send(cluster().node(2), 'lost')
  two.send(cluster().node(1), 'backwards')
  assert.is(await one.received(), 'backwards')
  await cluster().unblock(1, 2)
  one.send(cluster().node(2), 'after')
  assert.is(await two.received(), 'after')
})

test('delay and loss are what was asked for, in the direction that was asked for', async () => {
  // The echo of the test before still runs on node 2.
  const measure = () => measureRoundTrips(cluster().node(1), cluster().node(2), 400)
  const plain = await measure()
  assert.ok(plain.medianMs < 8, `without impairment: ${plain.medianMs} ms`)
  await cluster().impair({ from: [1], delayMs: 30, jitterMs: 10 })
  const delayed = await measure()
  assert.ok(delayed.minMs >= 19 && delayed.minMs < 30, `shortest: ${delayed.minMs} ms`)
  assert.ok(delayed.medianMs > 27 && delayed.medianMs < 45, `30 ± 10 ms one way: ${delayed.medianMs} ms`)
  assert.is(delayed.lostRatio, 0)
  await cluster().impair({ delayMs: 20, lossRatio: 0.2 })
  const both = await measure()
  assert.ok(both.minMs >= 39, `20 ms each way: ${both.minMs} ms`)
  // 36 % of the round trips; 0.1 is four standard deviations of 400 draws.
  assert.ok(Math.abs(both.lostRatio - 0.36) < 0.1, `lost: ${both.lostRatio}`)
})

test('an impaired node obeys blocks', async () => {
  await cluster().impair({ delayMs: 5 })
  await cluster().block(1, 2)
  assert.is((await measureRoundTrips(cluster().node(1), cluster().node(2), 10)).lostRatio, 1)
  await cluster().heal()
  assert.is((await measureRoundTrips(cluster().node(1), cluster().node(2), 10)).lostRatio, 0)
})

test('without its impairment a node sends as before', async () => {
  await cluster().unimpair()
  const plain = await measureRoundTrips(cluster().node(1), cluster().node(2), 100)
  assert.ok(plain.medianMs < 8, `median: ${plain.medianMs} ms`)
  await cluster().waitForRing([1, 2, 3])
})

test('a killed daemon leaves the ring and comes back when started', async () => {
  const { daemon } = cluster().node(3)
  await daemon.kill()
  assert.equal([daemon.running, daemon.pid], [false, undefined])
  assert.match(await errorOf(daemon.kill()), /daemon of node3 is not running/)
  await cluster().waitForRing([1, 2])
  await daemon.start()
  assert.match(await errorOf(daemon.start()), /running already/)
  await cluster().waitForRing([1, 2, 3])
})

test('a stopped daemon drops out of the ring, answers nobody, and joins again when continued', async () => {
  const { daemon } = cluster().node(2)
  await daemon.kill('SIGSTOP')
  await cluster().waitForRing([1, 3])
  assert.is(await cluster().node(2).status(), undefined)
  assert.is(daemon.running, true)
  await daemon.kill('SIGCONT')
  await cluster().waitForRing([1, 2, 3])
})

test('a restarted daemon is another process, and has said good-bye', async () => {
  const { daemon } = cluster().node(1)
  const [pid, from] = [daemon.pid, cluster().node(1).log().length]
  await daemon.restart()
  assert.is.not(daemon.pid, pid)
  await cluster()
    .node(1)
    .waitForLog(/Corosync Cluster Engine exiting normally/, { from })
  await cluster().waitForRing([1, 2, 3])
})

test('a changed configuration takes effect with the reload of one node, on all', async () => {
  assert.is(await runtimeToken(cluster().node(3)), '1000')
  cluster().configure((conf) => conf.set('totem.token', 1500))
  assert.is(await runtimeToken(cluster().node(3)), '1000')
  await cluster().node(1).reload()
  for (const node of cluster().nodes) assert.is(await runtimeToken(node), '1500')
})

test('a refused reload says why', async () => {
  cluster()
    .node(1)
    .configure((conf) => conf.set('totem.token', 'soon'))
  assert.match(await errorOf(cluster().node(1).reload()), /Reload through node1 failed: [\s\S]*totem\.token/)
  cluster()
    .node(1)
    .configure((conf) => conf.set('totem.token', 1500))
})

test('an error of a wait names what was awaited, what the nodes say, and the end of their logs', async () => {
  const error = await errorOf(cluster().waitForRing([1, 2], { timeoutMs: 200 }))
  assert.match(error, /Waited 200 ms for a ring of exactly 1, 2\./)
  assert.match(error, /node2: ring \S+ of 1, 2, 3, quorate/)
  assert.match(error, /The last lines of its log:\n\w+ +\d+ [\d:.]+ \w+ +\[/)
  assert.match(
    await errorOf(
      cluster()
        .node(1)
        .waitForLog(/no such thing/, { timeoutMs: 50 }),
    ),
    /no such thing/,
  )
})

test('a daemon that cannot start fails the start, and nothing is left', async () => {
  const before = networksBelow(process.pid)
  const start = CorosyncCluster.start({ nodes: 2, configure: (conf) => conf.set('totem.token', 'soon') })
  assert.match(
    await errorOf(start),
    /daemon of node\d ended while starting \(exit code \d+\):[\s\S]*totem\.token/,
  )
  assert.equal(networksBelow(process.pid), before)
})

test('two more clusters at once disturb nobody, and each keeps its own rules of quorum', async () => {
  const [pair, plain] = await Promise.all([
    CorosyncCluster.start({ nodes: 2, quorum: { twoNode: true }, crypto: true }),
    CorosyncCluster.start({ nodes: 2, tokenMs: 600 }),
  ])
  const ringBefore = (await cluster().node(1).status())?.ringId
  await Promise.all([pair.node(2).daemon.kill(), plain.node(2).daemon.kill()])
  await Promise.all([pair.waitForRing([1]), plain.waitForRing([1])])
  await Promise.all([pair.waitForQuorate([1]), plain.waitForInquorate([1])])
  await Promise.all([pair.close(), plain.close()])
  assert.is((await cluster().node(1).status())?.ringId, ringBefore)
})

test('after SIGKILL of its owner nothing of a cluster is left', async () => {
  const files = sharedMemoryFiles()
  const owner = spawn(process.execPath, programArgs('cluster-owner'), {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  assert.is((await createInterface(owner.stdout)[Symbol.asyncIterator]().next()).value, 'up')
  const networks = networksBelow(owner.pid ?? 0)
  assert.is(networks.size, 3, 'two nodes and the switch')
  // Three holders, two daemons, the relay, a program, and one that its parent left.
  assert.is(processesIn(networks).length, 8)
  owner.kill('SIGKILL')
  const tookMs = await timeUntilEmptyMs(networks, 5000)
  assert.ok(tookMs < 2000, `still there after ${tookMs} ms: ${processesIn(networks)}`)
  assert.equal(sharedMemoryFiles(), files)
})

test('close ends everything, also what a program left behind, and may be called again', async () => {
  await cluster().node(1).exec('sh', ['-c', 'sleep 1000 >/dev/null 2>&1 &'])
  const networks = networksBelow(process.pid)
  assert.is(networks.size, 4)
  await Promise.all([cluster().close(), cluster().close()])
  await cluster().close()
  assert.equal(processesIn(networks), [])
})

test.run()
