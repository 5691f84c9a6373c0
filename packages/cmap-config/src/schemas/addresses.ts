// Addresses by link: knet(corosync.conf(5)) has up to eight of them between two nodes.

/** By number of the link, from 0 on. */
export type LinkAddresses = Readonly<Record<number, string>>

const ringKey = /^ring(\d+)_addr$/

/** Of the configuration's `ring0_addr`, `ring1_addr`, … */
export function configuredAddresses(node: Readonly<Record<string, unknown>>): LinkAddresses {
  const found = Object.entries(node).flatMap(([key, address]) => {
    const [, link] = ringKey.exec(key) ?? []
    return link === undefined ? [] : [[link, `${address}`] as const]
  })
  return Object.fromEntries(found)
}

/** Of a member's `ip`, as corosync writes it: `r(0) ip(10.0.0.1) r(1) ip(10.1.0.1)`. */
export function memberAddresses(text: string): LinkAddresses {
  return Object.fromEntries([...text.matchAll(/r\((\d+)\) ip\(([^)]*)\)/g)].map(([, link, ip]) => [link, ip]))
}
