// A corosync.conf as FileMap reads it, beside the map that a daemon makes of the same file.

import { type CmapEntry, FileMap } from '@quorate/cmap-config'
import { CorosyncCluster } from '@quorate/testkit'
import { equal, ok } from 'uvu/assert'
import { clusterTest } from './support/cluster-test.ts'
import { type ConfigMapProgram, startConfigMap } from './support/programs/config-map-client.ts'

const test = clusterTest('FileMap and a daemon')

let cluster: CorosyncCluster
let program: ConfigMapProgram

const settings = {
  'totem.config_version': '3',
  'totem.token_retransmits_before_loss_const': '10',
  'totem.knet_compression_level': '-1',
  'totem.max_messages': '17',
  'totem.link_mode': 'passive',
  'totem.interface.0.mcastport': '5405',
  'totem.interface.0.knet_link_priority': '1',
  'totem.interface.0.knet_ping_interval': '300',
  'totem.interface.0.knet_transport': 'udp',
  'quorum.expected_votes': '1',
  'quorum.wait_for_all': '0',
  'quorum.last_man_standing_window': '10000',
  'nodelist.node.0.quorum_votes': '1',
  'nodelist.node.0.rack': '7',
  'logging.debug': 'off',
  'logging.logger_subsys.QUORUM.debug': 'off',
  'system.sched_rr': 'no',
  'service.limit': '5',
  'service.group.deep.key': 'text with words',
}

test('every key of the file is in the map, with the same type and value', async () => {
  cluster = await CorosyncCluster.start({
    nodes: 1,
    configure: (conf) => {
      for (const [key, value] of Object.entries(settings)) conf.set(key, value)
    },
  })
  program = await startConfigMap(cluster.node(1))
  await program.call('open', 'c')
  const file = await FileMap.open({ path: cluster.node(1).path('/etc/corosync/corosync.conf') })
  const [fromFile, fromDaemon] = [await file.entries(), await program.call<CmapEntry[]>('entries', 'c')]
  await file.close()
  const daemon = new Map(fromDaemon.map((entry) => [entry.key, entry]))
  equal(
    fromFile,
    fromFile.map(({ key }) => daemon.get(key)),
  )
  ok(Object.keys(settings).every((key) => fromFile.some((entry) => entry.key === key)))
})

test('of what the file configures, the daemon has no other keys than its own additions', async () => {
  const file = await FileMap.open({ path: cluster.node(1).path('/etc/corosync/corosync.conf') })
  const keys = new Set((await file.entries()).map(({ key }) => key))
  await file.close()
  const configured = /^(totem|nodelist|quorum|logging|service|system)\./
  const added = (await program.call<CmapEntry[]>('entries', 'c'))
    .map(({ key }) => key)
    .filter((key) => configured.test(key) && !keys.has(key))
  equal(added, ['nodelist.local_node_pos', 'totem.interface.0.bindnetaddr'])
})

test('the cluster is closed', async () => {
  await program.call('close', 'c')
  await cluster.close()
})

test.run()
