// Who may use corosync, and what is said to those who may not or find none. Corosync admits user 0 and group 0, and
// whom a file in /etc/corosync/uidgid.d names.

import { mkdirSync } from 'node:fs'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, is, match, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { type CpgProgram, failureOf, heard, joinGroup, startCpg } from './support/programs/cpg-client.ts'
import { Remote } from './support/remote.ts'

const test = clusterTest('access and errors')

let cluster: CorosyncCluster
let root: CpgProgram
let advice = ''

/** A program of the user nobody. */
async function startAsNobody(): Promise<CpgProgram> {
  const program = await startCpg(cluster.node(1))
  await program.call('become', 'nobody', 'nogroup')
  return program
}

test('no daemon runs: CS_ERR_LIBRARY, and the advice to look for it', async () => {
  cluster = await CorosyncCluster.start({ nodes: 1, daemons: [] })
  root = await startCpg(cluster.node(1))
  const votes = await Remote.start(cluster.node(1), 'votequorum')
  const attempts = [
    () => root.call('open', 'none'),
    () => root.call('openQuorum', 'none'),
    () => votes.call('open'),
  ]
  for (const attempt of attempts) {
    const error = await failureOf(attempt())
    is(error.code, 'CS_ERR_LIBRARY')
    match(error.hint ?? '', 'Is corosync running')
  }
})

test('a user who is not allowed: CS_ERR_ACCESS, and what to do about it', async () => {
  await cluster.node(1).daemon.start()
  const nobody = await startAsNobody()
  for (const operation of ['open', 'openQuorum']) {
    const error = await failureOf(nobody.call(operation, 'refused'))
    is(error.code, 'CS_ERR_ACCESS')
    match(error.hint ?? '', '/etc/corosync/uidgid.d')
    match(error.hint ?? '', 'corosync-cfgtool -R')
    advice = error.hint ?? ''
  }
  await nobody.kill()
})

test('what the advice says helps: its command lets the user in', async () => {
  const node = cluster.node(1)
  mkdirSync(node.path('/etc/corosync/uidgid.d'), { recursive: true })
  const [, command = ''] = /(printf .*)$/.exec(advice) ?? []
  equal(await node.exec('sh', ['-c', command.replaceAll('NAME', 'nobody')]), {
    ...{ code: 0, signal: null, stderr: '' },
    stdout: 'Reloading corosync.conf...\nDone\n',
  })
  const nobody = await startAsNobody()
  await joinGroup(nobody, 'admitted')
  await nobody.call('mcast', 'admitted', 'hello')
  await heard(nobody, 'admitted', ['hello'])
  await nobody.kill()
})

test('the daemon dies: down once, the handle is freed, and every call says CLOSED', async () => {
  await joinGroup(root, 'dying')
  const fd = await root.call<number>('get', 'dying', 'fd')
  await cluster.node(1).daemon.kill('SIGKILL')
  await heard(root, 'dying', ['down'])
  is(await root.call('get', 'dying', 'open'), false)
  is((await failureOf(root.call('descriptorFlags', fd))).code, 'ENOENT')
  for (const [operation, ...args] of [
    ['mcast', 'dying', 'x'],
    ['members', 'dying', 'x'],
    ['leave', 'dying'],
  ]) {
    is((await failureOf(root.call(operation as string, ...args))).code, 'CLOSED')
  }
  await root.call('close', 'dying')
  equal(root.events.filter(({ type }) => type === 'down').length, 1)
})

test('the same process comes in again with a new handle once the daemon is back', async () => {
  await cluster.node(1).daemon.start()
  await joinGroup(root, 'again')
  await root.call('mcast', 'again', 'hello')
  await heard(root, 'again', ['hello'])
})

test('neither native callbacks nor descriptors pile up with handles', async () => {
  const first = await root.call<Record<string, number>>('openMany', 5)
  const second = await root.call<Record<string, number>>('openMany', 100)
  equal([second['before'], second['after']], [first['after'], first['after']])
  equal(second['descriptors'], first['descriptors'])
  ok((first['after'] ?? 0) > 0)
})

test('the cluster is closed', async () => {
  await cluster.close()
})

test.run()
