// Which nodes the cluster is configured with: corosync.conf's node list, as this node's daemon has read it.

import { CmapConnection } from '@quorate/cmap-config'

/**
 * The nodes of CMAP's `nodelist.node.N.nodeid`, ascending; none when corosync.conf has no node list.
 *
 * @throws {CorosyncError} as `CmapConnection.open`
 */
export async function configuredNodes(): Promise<number[]> {
  const cmap = await CmapConnection.open()
  try {
    const keys = cmap.keys('nodelist.node.').filter(({ key }) => key.endsWith('.nodeid'))
    return keys.map(({ key }) => cmap.get(key, 'uint32')).sort((a, b) => a - b)
  } finally {
    await cmap.close()
  }
}
