import { BlockList, isIP, isIPv4 } from 'node:net'

// Two lists: one list would take an IPv4 address for its IPv4-mapped IPv6 form as well.
const special4 = new BlockList()
const special6 = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  special4.addSubnet(network, prefix, 'ipv4')
}
// Everything that is not global unicast (2000::/3), and the parts of it that lead elsewhere: documentation, 6to4, Teredo.
for (const [network, prefix] of [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const) {
  special6.addSubnet(network, prefix, 'ipv6')
}

/** True for an address of the public internet: not loopback, private, link-local, multicast or otherwise special (IANA registries), in IPv4, IPv6 and the forms that carry one in the other. */
export function isPublicAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped) return isPublicAddress(mapped)
  return isIPv4(address) ? !special4.check(address, 'ipv4') : isIP(address) === 6 && !special6.check(address, 'ipv6')
}
