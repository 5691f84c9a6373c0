// Which keys of corosync.conf are numbers in the map of a daemon, and of which type; every other one is a string. As in
// main_config_parser_cb of corosync 3.1's exec/coroparse.c. Names are without those of repeated sections.

import type { CmapType } from '../cmap/values.ts'

export type IntegerType = Exclude<CmapType, 'float' | 'double' | 'string' | 'binary'>

const keys: Readonly<Record<string, Partial<Record<IntegerType, string>>>> = {
  totem: {
    uint32:
      'version nodeid threads token token_coefficient token_retransmit token_warning hold ' +
      'token_retransmits_before_loss_const join send_join consensus merge downcheck fail_recv_const ' +
      'seqno_unchanged_const rrp_token_expired_timeout rrp_problem_count_timeout rrp_problem_count_threshold ' +
      'rrp_problem_count_mcast_threshold rrp_autorecovery_check_timeout heartbeat_failures_allowed ' +
      'max_network_delay window_size max_messages miss_count_const knet_pmtud_interval knet_mtu ' +
      'knet_compression_threshold netmtu',
    int32: 'knet_compression_level',
    uint64: 'config_version',
  },
  'totem.interface': {
    uint8: 'ttl knet_link_priority',
    uint16: 'mcastport',
    uint32: 'knet_ping_interval knet_ping_timeout knet_ping_precision knet_pong_count',
  },
  'nodelist.node': { uint32: 'nodeid quorum_votes' },
  quorum: {
    uint32: 'expected_votes votes last_man_standing_window leaving_timeout',
    uint8: 'two_node expected_votes_tracking allow_downscale wait_for_all auto_tie_breaker last_man_standing',
  },
  'quorum.device': { uint32: 'timeout sync_timeout votes', uint8: 'master_wins' },
  resources: { uint32: 'watchdog_timeout' },
  'resources.system': { uint64: 'poll_period' },
  'resources.system.memory_used': { uint64: 'poll_period' },
  'resources.process': { uint64: 'poll_period' },
  'resources.process.memory_used': { uint64: 'poll_period' },
}

const types = new Map(
  Object.entries(keys).flatMap(([section, byType]) =>
    Object.entries(byType).flatMap(([type, names]) =>
      names.split(' ').map((name): [string, IntegerType] => [`${section}.${name}`, type as IntegerType]),
    ),
  ),
)

/** The type that corosync gives the number at `name`, such as `totem.token` or `nodelist.node.nodeid`. */
export function corosyncIntegerType(name: string): IntegerType | undefined {
  return types.get(name)
}
