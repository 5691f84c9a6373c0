// What may be wrong with a list of nodes, said so that it follows the name of the option; null: nothing.

import { inspect } from 'node:util'

/** Of a list that may name a node twice. */
export function nodeidsFault(nodeids: readonly number[]): string | null {
  if (!Array.isArray(nodeids)) return `is ${inspect(nodeids)}: give a list of node ids, such as [1, 2, 3]`
  // By place: what is wrong may be undefined.
  const wrong = nodeids.findIndex((nodeid) => !isNodeid(nodeid))
  return wrong === -1
    ? null
    : `names ${inspect(nodeids[wrong])}: a node id is a whole number from 1 to 4294967295`
}

/** Of a list that names each node once, and one at least. */
export function nodeListFault(nodeids: readonly number[]): string | null {
  const fault = nodeidsFault(nodeids)
  if (fault !== null) return fault
  if (nodeids.length === 0) return 'is empty: name each node by its id'
  const twice = nodeids.find((nodeid, place) => nodeids.indexOf(nodeid) !== place)
  return twice === undefined ? null : `names node ${twice} twice: name it once`
}

function isNodeid(nodeid: unknown): boolean {
  return Number.isInteger(nodeid) && (nodeid as number) >= 1 && (nodeid as number) <= 0xffffffff
}
