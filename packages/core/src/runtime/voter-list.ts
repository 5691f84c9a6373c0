// What may be wrong with a list of nodes, said so that it follows the name of the option.

export function nodeidFault(nodeids: readonly number[]): string | null {
  const wrong = nodeids.find((nodeid) => !Number.isInteger(nodeid) || nodeid < 1 || nodeid > 0xffffffff)
  return wrong === undefined
    ? null
    : `names ${JSON.stringify(wrong)}: a node id is a whole number from 1 to 4294967295`
}

export function votersFault(voters: readonly number[]): string | null {
  if (!Array.isArray(voters) || voters.length === 0)
    return 'is empty: name the ids of the nodes that vote, the same on every node'
  const twice = voters.find((nodeid, place) => voters.indexOf(nodeid) !== place)
  if (twice !== undefined) return `names node ${twice} twice: each node has one vote, name it once`
  return nodeidFault(voters)
}
