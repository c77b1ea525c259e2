import { lookup, Resolver } from 'node:dns/promises'
import { BlockList, isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { AppError } from '../errors.ts'

/** All addresses of a host, in the order to try them. Rejects when the name does not resolve. */
type Resolve = (host: string) => Promise<string[]>

export interface AddressRules {
  /**
   * Hosts, as they are written in settings, that may have a private address, `host:port` at that port alone;
   * `all` switches the guard off.
   */
  allow: readonly string[] | 'all'
  resolve?: Resolve
}

/** As the machine resolves, with /etc/hosts and its search domains: for names that the operator has set. */
const systemResolve: Resolve = async (host) =>
  (await lookup(host, { all: true, order: 'ipv4first' })).map((entry) => entry.address)

/**
 * Asks the name servers, for names that anybody may enter. `lookup` blocks one of libuv's four threads, two
 * lookups at most at once and without a limit of time: two names whose server does not answer kept malls,
 * mail servers and the database from being found. A resolver of its own for each name reads resolv.conf
 * anew, which a network may change.
 */
const serverResolve: Resolve = async (host) => {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  const name = domainToASCII(host)
  const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
  if (four.status === 'rejected' && six.status === 'rejected') throw four.reason
  return [four, six].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
}

/**
 * HOST_NOT_ALLOWED: the host is, or resolves to, an address that is not on the public internet.
 * UNAVAILABLE: the name does not resolve.
 */
export class AddressError extends AppError {
  readonly reason: 'forbidden' | 'unresolvable'
  constructor(reason: 'forbidden' | 'unresolvable', host: string, cause?: unknown) {
    const shown = host.slice(0, 255)
    const message =
      reason === 'forbidden'
        ? `ホスト「${shown}」は社内またはこのサーバー自身のアドレスのため接続できません。公開されているホスト名を指定してください。`
        : `ホスト「${shown}」が見つかりません。ホスト名の綴りを確認してください。`
    super(reason === 'forbidden' ? 'HOST_NOT_ALLOWED' : 'UNAVAILABLE', message, { cause })
    this.name = 'AddressError'
    this.reason = reason
  }
}

/**
 * Resolves `host` once and gives the addresses to connect to. Connect to one of these, not to the name: a
 * second lookup may answer something else. A name of which any address is private is refused whole.
 */
export async function resolvePublicHost(
  host: string,
  rules: AddressRules,
  port: number | null = null,
): Promise<string[]> {
  const name = normaliseHost(host)
  const free = rules.allow === 'all' || rules.allow.some((allowed) => allows(allowed, name, port))
  if (isIP(name)) {
    if (!free && !isPublicAddress(name)) throw new AddressError('forbidden', host)
    return [name]
  }
  // RFC 6761: this machine, which no name server knows of.
  if (!free && /(?:^|\.)localhost$/.test(name)) throw new AddressError('forbidden', host)
  const addresses = await (rules.resolve ?? (free ? systemResolve : serverResolve))(name).catch(
    (cause: unknown) => {
      throw new AddressError('unresolvable', host, cause)
    },
  )
  if (addresses.length === 0) throw new AddressError('unresolvable', host)
  if (!free && !addresses.every(isPublicAddress)) throw new AddressError('forbidden', host)
  return addresses
}

/** As resolvePublicHost, for clients that take one address: the first. */
export async function assertPublicHost(
  host: string,
  rules: AddressRules,
  port: number | null = null,
): Promise<string> {
  const [first] = await resolvePublicHost(host, rules, port)
  if (first === undefined) throw new AddressError('unresolvable', host)
  return first
}

export const portOf = ({ port, protocol }: Pick<URL, 'port' | 'protocol'>): number =>
  Number(port) || (protocol === 'https:' ? 443 : 80)

/** `10.0.0.5:993`, `[fd00::5]:993`, `imap.intern:993`; an IPv6 address without brackets has no port. */
function allows(entry: string, name: string, port: number | null): boolean {
  const withPort = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(entry.trim())
  if (!withPort) return normaliseHost(entry) === name
  return normaliseHost(withPort[1] ?? '') === name && Number(withPort[2]) === port
}

/** Lower case, without the brackets of an IPv6 literal and the root dot. */
const normaliseHost = (host: string): string =>
  host
    .trim()
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')

/** Reserved ranges of IANA's special-purpose registries: nothing in them is a mall or a mail provider. */
const RESERVED_V4: readonly [string, number][] = [
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
  ['224.0.0.0', 3],
]

/** Inside 2000::/3: protocol assignments with Teredo, documentation, 6to4 (which embeds any IPv4 address). */
const RESERVED_V6: readonly [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const reservedV4 = new BlockList()
for (const [net, prefix] of RESERVED_V4) reservedV4.addSubnet(net, prefix, 'ipv4')
const globalV6 = new BlockList()
globalV6.addSubnet('2000::', 3, 'ipv6')
const reservedV6 = new BlockList()
for (const [net, prefix] of RESERVED_V6) reservedV6.addSubnet(net, prefix, 'ipv6')

/**
 * IPv6 counts as public only inside 2000::/3, which leaves out loopback, link-local, unique local, multicast,
 * IPv4-mapped and NAT64 forms without naming each.
 */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !reservedV4.check(address, 'ipv4')
  if (family !== 6 || address.includes('%')) return false
  return globalV6.check(address, 'ipv6') && !reservedV6.check(address, 'ipv6')
}
