// A node of a cluster as the page's reader has a host: its folders are its own, `systemctl` and `scp` are there, and a
// block of commands runs as root in one shell.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { dirname } from 'node:path'
import { text } from 'node:stream/consumers'
import type { ClusterNode } from '@quorate/testkit'
import { CorosyncUnit, systemctl, type Unit } from './manager.ts'
import { Service, user } from './service.ts'

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const commandTimeoutMs = 240_000

/** Where the page's units are kept: below /run, which each node has for itself, and where systemd reads them, too. */
const unitFolder = '/run/systemd/system/'

/** The clone stands at two places, as two versions of the program would. Nothing here is seen outside of the node. */
const prepareScript = `
  mkdir /run/clone && mount --rbind "$PWD" /run/clone
  for folder in /opt /usr/local/bin /var/backups; do mount -t tmpfs tmpfs "$folder"; done
  for version in 0.1.0 0.2.0; do
    mkdir "/opt/quorate-$version" && mount --rbind /run/clone "/opt/quorate-$version"
  done
  [ "$1" = /usr/local/bin/node ] || ln -s "$1" /usr/local/bin/node
  ip address add "10.0.1.$2/24" dev eth0
  for other in 1 2 3 4; do
    [ "$other" = "$2" ] || ip neighbour add "10.0.1.$other" lladdr "02:00:00:00:00:0$other" dev eth0
  done`

export class Host {
  readonly node: ClusterNode
  readonly service: Service
  readonly #units: ReadonlyMap<string, Unit>
  readonly #manager: Server

  private constructor(node: ClusterNode) {
    this.node = node
    this.service = new Service(node, node.path(`${unitFolder}config-store.service`))
    this.#units = new Map<string, Unit>([
      ['config-store', this.service],
      ['corosync', new CorosyncUnit(node)],
    ])
    this.#manager = createServer((request, response) => {
      const answer = text(request).then((line) => systemctl(this.#units, line))
      answer.then(
        (said) => response.end(said),
        (error: Error) => response.writeHead(500).end(`${error.message}\n`),
      )
    })
  }

  static async prepare(node: ClusterNode, all: readonly ClusterNode[]): Promise<Host> {
    const args = ['-euc', prepareScript, 'prepare', process.execPath, `${node.id}`]
    const { code, stderr } = await node.exec('sh', args)
    if (code !== 0) throw new Error(`Node ${node.id} is no host: ${stderr}`)
    const host = new Host(node)
    host.#manager.listen(node.path('/run/manager')).unref()
    host.#program(
      'systemctl',
      'exec curl -sS --fail-with-body --unix-socket /run/manager -d "$*" http://manager',
    )
    host.#program('scp', `case "$3" in\n${all.map(scpCase).join('\n')}\nesac`)
    return host
  }

  write(file: string, content: string): void {
    const path = this.node.path(file.replace('/etc/systemd/system/', unitFolder))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, forTest(file, content))
  }

  /** @throws {Error} a command fails; holds what it said */
  async run(commands: string): Promise<string> {
    const { code, stdout, stderr } = await this.exec(commands)
    if (code !== 0) throw new Error(`Node ${this.node.id}: ${commands}${stdout}${stderr}ended with ${code}`)
    return stdout
  }

  exec(commands: string): ReturnType<ClusterNode['exec']> {
    const env = { PATH: `/run/stand-ins:${systemPath}` }
    return this.node.exec('sh', ['-euc', commands], { cwd: '/', env, timeoutMs: commandTimeoutMs })
  }

  async close(): Promise<void> {
    this.#manager.close()
    this.#manager.closeAllConnections()
    await this.service.close()
  }

  #program(name: string, script: string): void {
    const path = this.node.path(`/run/stand-ins/${name}`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `#!/bin/sh\n${script}\n`)
    chmodSync(path, 0o755)
  }
}

/** `scp -p FILE root@ADDRESS:PATH`, from any node to this one. */
const scpCase = (node: ClusterNode): string =>
  `root@${node.address}:*) cp -p "$2" "${node.path('')}\${3#*:}" ;;`

/** What differs for a test: the user, where the daemon logs to, and that its control group stays. */
function forTest(file: string, content: string): string {
  if (file === '/etc/corosync/corosync.conf')
    return `${content.replace('to_syslog: yes', 'to_stderr: yes')}system {\n  move_to_root_cgroup: no\n}\n`
  if (!file.startsWith('/etc/corosync/uidgid.d/')) return content
  return content
    .replace(`uid: ${user.for}`, `uid: ${user.name}`)
    .replace(`gid: ${user.for}`, `gid: ${user.group}`)
}
