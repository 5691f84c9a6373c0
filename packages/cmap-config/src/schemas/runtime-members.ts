// The nodes that this daemon has seen in its ring, also those that have left it. Keys: `runtime.members.NODEID.`.

import { type LinkAddresses, memberAddresses } from './addresses.ts'
import { field, numbered, optional, type Read, section, text, whole } from './read.ts'
import { type ReadyMade, readyMade } from './ready-made.ts'

/** A node that is or was in the ring. */
export interface RuntimeMember {
  readonly nodeid: number
  /** `joined` or `left`. */
  readonly status: string
  readonly addresses: LinkAddresses
  /** How often it has come since this daemon runs. */
  readonly joins: number
  /** Of its corosync.conf. */
  readonly configVersion: number
}

/** As corosync writes a node that it sees for the first time: one key after the other. */
type Seen = { readonly [Name in keyof RuntimeMember]: RuntimeMember[Name] | undefined }

const addresses: Read<LinkAddresses> = (value, place) => memberAddresses(text(value, place) ?? '')

const readSeen = section<Omit<Seen, 'nodeid'>>({
  status: field('status', optional(text)),
  addresses: field('ip', optional(addresses)),
  joins: field('join_count', optional(whole)),
  configVersion: field('config_version', optional(whole)),
})

const readAllSeen = numbered<Seen>((nodeid) => (value, place) => ({ nodeid, ...readSeen(value, place) }))

/** Until its last key is there a node is none that anybody should hear of, and nothing is wrong with it. */
const isMember = (seen: Seen): seen is RuntimeMember => !Object.values(seen).includes(undefined)

const readMembers: Read<readonly RuntimeMember[]> = (value, place) => {
  // What is not a level is refused, and gives nothing.
  const seen: readonly Seen[] | undefined = readAllSeen(value, place)
  return seen?.filter(isMember) ?? []
}

/** The members, by node id: `runtime.members.`. */
export const runtimeMembers: ReadyMade<readonly RuntimeMember[]> = readyMade('runtime.members', readMembers)
