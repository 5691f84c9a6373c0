// One line on a replica, for `systemctl status`.

import type { ReplicaStatus } from '@quorate/core'

export function statusText({ ended, members, primary, obstacle, catchingUp, leader }: ReplicaStatus): string {
  if (ended !== null) return `ended: ${ended.message}`
  if (members.length === 0) return 'the local corosync is down, or the group cannot be joined; trying again'
  const company = `${members.length} in the group`
  if (catchingUp !== null) return `catching up, ${company}`
  if (primary) return `primary, ${company}, led by node ${leader?.nodeid ?? '(unknown)'}`
  if (obstacle === null) return `not primary, ${company}`
  const nodeids = 'missing' in obstacle ? obstacle.missing : 'nodeids' in obstacle ? obstacle.nodeids : []
  return `not primary (${obstacle.reason}${nodeids.length > 0 ? `: nodes ${nodeids.join(', ')}` : ''}), ${company}`
}
