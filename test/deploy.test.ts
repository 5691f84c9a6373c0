// docs/deploy.md is run as it stands: its files are written into the nodes of a cluster, its commands are run there, and
// the service runs without root. Package managers and systemctl are not: a unit is looked at by systemd-analyze.
// deadline: 300 s

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ClusterNode, CorosyncCluster } from '@quorate/testkit'
import { is, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'

interface Block {
  readonly file?: string | undefined
  readonly node?: string | undefined
  readonly text: string
}

const page = readFileSync('docs/deploy.md', 'utf8')

const blocks: readonly Block[] = [...page.matchAll(/^```\w+ (file|node)=(\S+)\n(.*?)^```/gms)].map(
  ([, what, value, text]) => ({ [what ?? '']: value, text: text ?? '' }),
)

/** Nobody's: Debian has it everywhere, and the page's own user is made by adduser. */
const user = { name: 'nobody', group: 'nogroup' }

function textOf(file: string): string {
  const block = blocks.find((candidate) => candidate.file === file)
  if (block === undefined) throw new Error(`docs/deploy.md has no ${file}`)
  return block.text
}

function configure(node: ClusterNode, nodes: readonly ClusterNode[]): void {
  const addresses = (text: string): string =>
    nodes.reduce((changed, { id, address }) => changed.replace(`10.0.0.${id}`, address), text)
  const conf = addresses(textOf('/etc/corosync/corosync.conf')).replace('to_syslog: yes', 'to_stderr: yes')
  const system = 'system {\n  move_to_root_cgroup: no\n}\n'
  const uidgid = textOf('/etc/corosync/uidgid.d/config-store')
    .replace('uid: config-store', `uid: ${user.name}`)
    .replace('gid: config-store', `gid: ${user.group}`)
  write(node, '/etc/corosync/corosync.conf', conf + system)
  write(node, '/etc/corosync/uidgid.d/config-store', uidgid)
}

function write(node: ClusterNode, file: string, text: string): void {
  mkdirSync(dirname(node.path(file)), { recursive: true })
  writeFileSync(node.path(file), text)
}

async function run(cluster: CorosyncCluster, { node = '', text }: Block): Promise<void> {
  const nodes = node === 'all' ? cluster.nodes : [cluster.node(Number(node))]
  for (const each of nodes) {
    const { code, stdout, stderr } = await each.exec('sh', ['-euc', text])
    is(code, 0, `node ${each.id}: ${text}${stdout}${stderr}`)
  }
}

function serve(node: ClusterNode): void {
  const identity = [`--reuid=${user.name}`, `--regid=${user.group}`, '--clear-groups']
  const program = [process.execPath, ...process.execArgv, 'examples/config-store/serve.ts']
  node.spawn('setpriv', [...identity, ...program], { stdio: ['ignore', 'inherit', 'inherit'] })
}

async function waitUntilHealthy(node: ClusterNode): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const { code } = await node.exec('curl', ['--silent', '--fail', 'http://127.0.0.1:8080/healthz'])
    if (code === 0) return
    await sleep(200)
  }
  throw new Error('The service is not healthy after 40 s')
}

const test = clusterTest('docs/deploy.md')

test('its files make a cluster, its commands run in it, and the service runs without root', async () => {
  await using cluster = await CorosyncCluster.start({ nodes: 3, daemons: [] })
  for (const node of cluster.nodes) configure(node, cluster.nodes)
  const commands = blocks.filter(({ node }) => node !== undefined)
  const [keygen, ...others] = commands
  await run(cluster, keygen as Block)
  const key = readFileSync(cluster.node(1).path('/etc/corosync/authkey'))
  for (const node of cluster.nodes) writeFileSync(node.path('/etc/corosync/authkey'), key, { mode: 0o400 })
  await Promise.all(cluster.nodes.map(({ daemon }) => daemon.start()))
  await cluster.waitForRing([1, 2, 3])
  await cluster.waitForQuorate()
  for (const node of cluster.nodes) serve(node)
  for (const node of cluster.nodes) await waitUntilHealthy(node)
  for (const command of others) await run(cluster, command)
})

test('the unit is one that systemd takes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quorate-unit-'))
  const file = join(folder, 'config-store.service')
  const unit = textOf('/etc/systemd/system/config-store.service').replace(
    '/usr/local/bin/node',
    process.execPath,
  )
  writeFileSync(file, unit)
  chmodSync(file, 0o644)
  const { error, status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', file], {
    encoding: 'utf8',
  })
  rmSync(folder, { recursive: true })
  if (error !== undefined) console.log('The unit is not verified. There is no systemd-analyze here.')
  else ok(status === 0 && !stderr.includes('config-store.service:'), stderr)
})

test.run()
