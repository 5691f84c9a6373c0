// Who has which address. All of it follows from the node's number, so nobody has to ask: every neighbour is a
// static entry, and no address resolution runs. Addresses need to be unique within a cluster only.

/** The number of the machine that all nodes are plugged into. It is no member of the cluster. */
export const switchId = 254

/** As many as CPG can have (PROCESSOR_COUNT_MAX / CPG_MEMBERS_MAX in corosync). */
export const nodesMax = 128

/** The IPv4 address of a node. */
export function addressOf(id: number): string {
  return `10.0.0.${id}`
}

/** The number of the node that has this address. */
export function idOf(address: string): number {
  return Number(address.slice(address.lastIndexOf('.') + 1))
}

/** The hardware address of a node's network device. */
export function hardwareAddressOf(id: number): string {
  return `02:00:00:00:00:${id.toString(16).padStart(2, '0')}`
}

/** Nobody's: what is sent there is lost without a sign, in this direction only. */
export const nobody: string = hardwareAddressOf(255)
