// What keeps a view from being primary, in words for whoever is called at night: what is missing, and what to do.

import type { Obstacle } from '../protocol/output.ts'

type Describers = {
  readonly [Reason in Obstacle['reason']]: (obstacle: Extract<Obstacle, { reason: Reason }>) => string
}

const nodes = (nodeids: readonly number[]): string =>
  nodeids.length === 1 ? `node ${nodeids}` : `the nodes ${nodeids.join(', ')}`

const areMissing = (nodeids: readonly number[]): string =>
  `missing ${nodeids.length === 1 ? 'is' : 'are'} ${nodes(nodeids)}`

const them = (nodeids: readonly number[]): string => (nodeids.length === 1 ? 'it' : 'them')

const describers: Describers = {
  'no-quorum': ({ missing }) =>
    missing.length === 0
      ? 'the quorum service says no: see corosync-quorumtool -s'
      : `${areMissing(missing)}: start ${them(missing)} or mend the network to ${them(missing)}. Where that cannot be, ` +
        'see replica.force',
  bootstrap: ({ missing }) =>
    missing.length === 0
      ? 'the voters here remember nothing, and another member knows of a group that was: start the voters that have ' +
        'its storage, or begin anew with replica.force'
      : `the group has not begun, and for that all voters must be here; ${areMissing(missing)}: start ${them(missing)}`,
  ambiguous: ({ index, missing }) =>
    `several logs may hold what was confirmed at entry ${index}, and who could tell is missing: start ` +
    `${nodes(missing)}. Where that cannot be, see replica.force, with logOf`,
  groups: ({ nodeids }) =>
    `${nodes(nodeids)} belong to two groups of the same name: give one of them another name, or another storage`,
  'two-votes': ({ nodeids }) =>
    `two processes vote for ${nodes(nodeids)}, and neither counts: end one of them on each`,
  'broken-order': ({ index }) =>
    `two different entries ${index} count as confirmed, which the transport must not let happen: keep all storages ` +
    'and report it',
  version: ({ needed, nodeids }) =>
    `${nodes(nodeids)} cannot run version ${needed.machine} of the machine and ${needed.protocol} of the protocol: ` +
    'start a program there that can',
  'no-such-log': ({ nodeid }) =>
    `the order named the log of node ${nodeid}, which is not in the view: start it, or name another`,
}

/** One sentence without a full stop, such as `missing are the nodes 2, 3: start them …`. */
export function describeObstacle(obstacle: Obstacle): string {
  const describe = describers[obstacle.reason] as (obstacle: Obstacle) => string
  return describe(obstacle)
}
