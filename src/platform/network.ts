import { isIPv4, isIPv6 } from 'node:net'

/** The address as text, without what a socket puts in front of IPv4 or behind a zone. */
const plainOf = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')

/** The first `count` groups of an IPv6 address, of eight. */
function groupsOf(address: string, count: number): string {
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0')
  const groups = [...before, ...zeros, ...after].slice(0, count)
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')
}

/** The network of one line: 203.0.113.0/24, 2001:db8:1::/48. What is no address is its own network. */
export function networkOf(address: string): string {
  const plain = plainOf(address)
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`
  return isIPv6(plain) ? `${groupsOf(plain, 3)}::/48` : address.slice(0, 50)
}

/** Returns the range in which one machine can choose its address: the address itself, of IPv6 its /64. */
export function subnetOf(address: string): string {
  const plain = plainOf(address)
  return isIPv6(plain) ? `${groupsOf(plain, 4)}::/64` : plain.slice(0, 50)
}
