// What a daemon says of its ring and quorum, asked through corosync-quorumtool: one short process per question, and
// the same answer that an administrator gets.

/** A node's view of the cluster. */
export interface RingStatus {
  /** Names the membership, such as `1.2c`: the representative's nodeid and the sequence number in hexadecimal. */
  readonly ringId: string
  /** Nodeids, ascending. */
  readonly members: readonly number[]
  readonly quorate: boolean
}

/** Numeric addresses only: names would be looked up, which no name server answers in a node. */
export const ringStatusArgs: readonly string[] = ['-s', '-i']

/** Reads the tool's output; `undefined` when it holds no answer. */
export function parseRingStatus(stdout: string): RingStatus | undefined {
  const ringId = /^Ring ID:\s+(\S+)$/m.exec(stdout)?.[1]
  const quorate = /^Quorate:\s+(Yes|No)$/m.exec(stdout)?.[1]
  const table = stdout.split('Membership information')[1]
  if (ringId === undefined || quorate === undefined || table === undefined) return undefined
  const rows = [...table.matchAll(/^ *(\d+) +\d+ /gm)].map((row) => Number(row[1]))
  return { ringId, members: rows.sort((a, b) => a - b), quorate: quorate === 'Yes' }
}

/** One line about a status, for errors. */
export function describeRingStatus(status: RingStatus | undefined): string {
  if (status === undefined) return 'no answer'
  const quorum = status.quorate ? 'quorate' : 'not quorate'
  return `ring ${status.ringId} of ${status.members.join(', ')}, ${quorum}`
}
