// The nodes that this daemon has seen in its ring, also those that have left it. Keys: `runtime.members.NODEID.`.

import { type LinkAddresses, memberAddresses } from './addresses.ts'
import { field, numbered, type Read, section, text, whole } from './read.ts'
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

const addresses: Read<LinkAddresses> = (value, place) => memberAddresses(text(value, place) ?? '')

const readMember = section<Omit<RuntimeMember, 'nodeid'>>({
  status: field('status', text),
  addresses: field('ip', addresses),
  joins: field('join_count', whole),
  configVersion: field('config_version', whole),
})

const readMembers = numbered<RuntimeMember>((nodeid) => (value, place) => ({
  nodeid,
  ...readMember(value, place),
}))

/** The members, by node id: `runtime.members.`. */
export const runtimeMembers: ReadyMade<readonly RuntimeMember[]> = readyMade('runtime.members', readMembers)
