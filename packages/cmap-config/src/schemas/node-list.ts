// The nodes of corosync.conf. Keys: cmap_keys(7), nodelist.*.

import { configuredAddresses, type LinkAddresses } from './addresses.ts'
import { field, isLevel, numbered, optional, type Read, section, text, whole } from './read.ts'
import { type ReadyMade, readyMade } from './ready-made.ts'

/** A node of the list. */
export interface ConfiguredNode {
  readonly nodeid: number
  /** `undefined`: it has none. */
  readonly name: string | undefined
  readonly addresses: LinkAddresses
  /** For quorum; 1 where nothing else is said. */
  readonly votes: number
}

/** The list, in the order of the file. */
export interface NodeList {
  readonly nodes: readonly ConfiguredNode[]
  /** The node that this is; `undefined`: corosync does not say, or the list has no such node. */
  readonly local: ConfiguredNode | undefined
}

interface Stored extends Omit<ConfiguredNode, 'addresses' | 'votes'> {
  readonly votes: number | undefined
}

interface StoredList {
  readonly nodes: readonly (ConfiguredNode & { readonly position: number })[]
  readonly position: number | undefined
}

const readStored = section<Stored>({
  nodeid: field('nodeid', whole),
  name: field('name', optional(text)),
  votes: field('quorum_votes', optional(whole)),
})

const readNode =
  (position: number): Read<StoredList['nodes'][number]> =>
  (value, place) => {
    const { votes = 1, ...node } = readStored(value, place)
    return { ...node, votes, addresses: isLevel(value) ? configuredAddresses(value) : {}, position }
  }

const readStoredList = section<StoredList>({
  nodes: field('node', numbered(readNode)),
  position: field('local_node_pos', optional(whole)),
})

const readList: Read<NodeList> = (value, place) => {
  const { nodes, position: own } = readStoredList(value, place)
  if (place.issues.length > 0) return { nodes: [], local: undefined }
  const listed = nodes.map(({ position, ...node }) => ({ position, node }))
  return {
    nodes: listed.map(({ node }) => node),
    local: listed.find(({ position }) => position === own)?.node,
  }
}

/** The node list: `nodelist.`. */
export const nodeList: ReadyMade<NodeList> = readyMade('nodelist', readList)
