// docs/deploy.md is run from top to bottom as it stands: its files are written into the nodes of a cluster, its commands
// are run there, by a stand-in for systemctl that starts what the unit says. Then come the troubles that it speaks of.
// deadline: 600 s

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is, match, ok, throws } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { Host } from './support/deploy/host.ts'
import { type Block, blocks, caseOf, readBlocks } from './support/deploy/page.ts'

const test = clusterTest('docs/deploy.md')

let cluster: CorosyncCluster
let hosts: readonly Host[]
const host = (id: number): Host => hosts[id - 1] as Host
const waitTimeoutMs = 120_000
const casesRun = new Set<string>()

/** Runs the blocks of a case, one after the other. */
async function runCase(name: string): Promise<void> {
  casesRun.add(name)
  await runBlocks(caseOf(name))
}

async function runBlocks(wanted: readonly Block[]): Promise<void> {
  let before: Block | undefined
  for (const block of wanted) {
    if (block.file !== undefined) for (const each of hosts) each.write(block.file, block.text)
    if (block.node !== undefined) await runCommands(block)
    if (block.output) await untilPrinted(before, block.text)
    before = block
  }
}

async function runCommands(block: Block): Promise<void> {
  if (block.node !== 'each') await Promise.all(hostsOf(block).map((each) => runOn(each, block)))
  else for (const each of hostsOf(block)) await runOn(each, block)
}

/** `all` and `each` are the three that the page begins with. */
function hostsOf({ node }: Block): readonly Host[] {
  return node === 'all' || node === 'each' ? hosts.slice(0, 3) : [host(Number(node))]
}

async function runOn(on: Host, { text, wait }: Block): Promise<void> {
  if (wait) await until(text, async () => (await on.exec(text)).code === 0)
  else await on.run(text)
}

/** Links take a moment to be there. */
async function untilPrinted(commands: Block | undefined, output: string): Promise<void> {
  let printed = ''
  const look = async (): Promise<boolean> => {
    printed = await host(1).run(commands?.text ?? '')
    return printed === output
  }
  await until('what the page shows', look).catch((error: Error) => {
    throw new Error(`${error.message}; ${commands?.text} prints ${printed}`)
  })
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + waitTimeoutMs
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`Not within ${waitTimeoutMs} ms: ${what}`)
    await sleep(200)
  }
}

interface Health {
  readonly status: number
  readonly code?: string
  readonly message?: string
}

async function ask(id: number, path: string, options = ''): Promise<{ status: number; body: string }> {
  const { stdout } = await host(id).exec(
    `curl -s -w '\n%{http_code}' ${options} http://127.0.0.1:8080${path} || true`,
  )
  const end = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) }
}

async function health(id: number): Promise<Health> {
  const { status, body } = await ask(id, '/healthz')
  return { status, ...(status === 503 && JSON.parse(body).error) }
}

const untilHealthy = (...ids: number[]): Promise<void> =>
  until(`healthy: ${ids}`, async () =>
    (await Promise.all(ids.map(health))).every(({ status }) => status === 200),
  )

async function greeting(id: number): Promise<string> {
  return JSON.parse((await ask(id, '/keys/app/greeting')).body).value
}

/** The host goes off as by its switch. */
async function powerOff({ service, node }: Host): Promise<void> {
  service.powerOff()
  await node.daemon.kill()
}

test('a block without a mark, or with one that is not known, is refused', () => {
  throws(() => readBlocks('```sh\nls\n```\n'), /nobody runs it/)
  throws(() => readBlocks('```sh nodes=1\nls\n```\n'), /nobody runs it/)
})

test('from top to bottom it makes three hosts a running service', async () => {
  cluster = await CorosyncCluster.start({ nodes: 4, daemons: [] })
  hosts = await Promise.all(cluster.nodes.map((node) => Host.prepare(node, cluster.nodes)))
  await runBlocks(blocks.filter((block) => block.case === undefined && !block['not-run']))
  await untilHealthy(1, 2, 3)
  is(await greeting(2), 'hello')
})

test('the service runs without root, from the directory of the new version', async () => {
  const status = readFileSync(`/proc/${host(1).service.pid}/status`, 'utf8')
  match(status, /^Uid:\t65534\t65534/m)
  match(await host(1).run(`readlink /proc/${host(1).service.pid}/cwd`), /quorate-0\.2\.0/)
})

test('a backup is put back', async () => {
  is((await ask(1, '/keys/app/greeting', '-X DELETE')).status, 200)
  await runCase('restore')
  is(await greeting(3), 'hello')
})

test('a port that is taken is told in one line, with the option', async () => {
  const taken =
    '/usr/local/bin/node --import tsx --conditions=@quorate/source examples/config-store/serve.ts --group other'
  const { code, stderr } = await host(1).exec(`cd /opt/quorate && ${taken}`)
  is(code, 1)
  is(stderr, 'Port 8080 is taken; choose another one with --port\n')
})

test('a service that hangs is ended by the watchdog and started again, and has what the others have', async () => {
  const { service } = host(2)
  const [before, starts] = [service.pid, service.starts]
  process.kill(before, 'SIGSTOP')
  await until('another process', async () => service.starts > starts && service.state === 'active')
  ok(service.pid !== before)
  is(await greeting(2), 'hello')
})

test('a service whose corosync is away is tried for longer than systemd does by itself, and joins in the end', async () => {
  const { service } = host(2)
  await host(2).run('systemctl stop corosync')
  const { code, stdout } = await host(2).exec('systemctl restart config-store')
  is(code, 22)
  match(stdout, /Is corosync running on this node\?/)
  const { starts } = service
  await until('more starts', async () => service.starts > starts + 6)
  await host(2).run('systemctl start corosync; systemctl start config-store')
  is(await greeting(2), 'hello')
})

test('while a dead node stops all commits no host says that it is healthy', async () => {
  await powerOff(host(3))
  const seen: Health[] = []
  await until('healthy without it', async () => {
    seen.push(await health(1))
    return seen.length > 1 && seen.at(-1)?.status === 200
  })
  is(seen[0]?.code, 'no-answer', JSON.stringify(seen))
})

test('a host that is lost for good: a restart of another one stops all, and the order of the page ends that', async () => {
  host(2).service.crash()
  await until('only the dead one is missed', async () =>
    /missing is node 3:/.test((await health(1)).message ?? ''),
  )
  is((await health(1)).code, 'no-quorum')
  await runCase('force')
  await untilHealthy(1, 2)
  is(await greeting(2), 'hello')
})

test('nobody but the service and root can force', async () => {
  const { code } = await host(1).exec(
    'setpriv --reuid=daemon --clear-groups curl -s --unix-socket /run/config-store/operator http://o/force -d "{}"',
  )
  is(code, 7)
})

test('a host in the place of the dead one gets the state', async () => {
  await host(3).run('systemctl start corosync; systemctl start config-store')
  is(await greeting(3), 'hello')
})

test('a further host learns, and votes once it was forced and started again', async () => {
  await runCase('further-node')
  await host(4).run(
    'ln -sfn /opt/quorate-0.2.0 /opt/quorate; systemctl start corosync; systemctl start config-store',
  )
  is(await greeting(4), 'hello')
  const standing = async (): Promise<[string, number[]]> => {
    const { role, voters } = JSON.parse((await ask(4, '/status')).body)
    return [role, voters.nodeids]
  }
  equal(await standing(), ['learner', [1, 2, 3]])
  await runCase('further-host')
  equal(await standing(), ['voter', [1, 2, 3, 4]])
})

test('the services end without a complaint', async () => {
  await Promise.all(hosts.map((each) => each.close()))
  await cluster.close()
})

for (const [name, nodes, flags] of [
  ['two_node', 2, /2Node.*WaitForAll/],
  ['last_man_standing', 4, /WaitForAll.*LastManStanding/],
] as const)
  test(`corosync takes the quorum block ${name}`, async () => {
    casesRun.add(name)
    await using small = await CorosyncCluster.start({ nodes, daemons: [] })
    for (const { path } of small.nodes.map((node) => ({ path: node.path('/etc/corosync/corosync.conf') })))
      writeFileSync(
        path,
        readFileSync(path, 'utf8').replace(/^quorum \{[^}]*\}/m, caseOf(name)[0]?.text ?? ''),
      )
    await Promise.all(small.nodes.map(({ daemon }) => daemon.start()))
    await small.waitForQuorate()
    match((await small.node(1).exec('corosync-quorumtool', ['-s'])).stdout, flags)
  })

test('every case of the page was run', () => {
  equal([...casesRun].sort(), [...new Set(blocks.flatMap((block) => block.case ?? []))].sort())
})

const debianUnit = '/lib/systemd/system/corosync.service'

test('systemd takes the units, and their drop-ins', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quorate-units-'))
  try {
    for (const unit of writeUnits(folder)) verify(join(folder, unit), folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** Their names. */
function writeUnits(folder: string): Set<string> {
  const files = blocks.filter(({ file }) => file?.startsWith('/etc/systemd/system/'))
  for (const { file = '', text } of files) {
    const path = join(folder, file.slice('/etc/systemd/system/'.length))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text.replace('/usr/local/bin/node', process.execPath))
  }
  if (existsSync(debianUnit)) writeFileSync(join(folder, 'corosync.service'), readFileSync(debianUnit))
  return new Set(files.map(({ file = '' }) => /[\w-]+\.service/.exec(file)?.[0] ?? ''))
}

/** systemd-analyze complains of whatever belongs to a unit, the machine's own included: what counts is the folder. */
function verify(unit: string, folder: string): void {
  const { error, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' })
  if (error !== undefined) console.log('The units are not verified. There is no systemd-analyze here.')
  else
    is(
      stderr
        .split('\n')
        .filter((line) => line.includes(folder))
        .join('\n'),
      '',
    )
}

test.run()
