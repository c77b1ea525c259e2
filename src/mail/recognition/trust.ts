import { isBelow, matchRules } from '../../marketplaces/kit/mail/rules.ts'
import type { MailRules, MailTrust, ReadableMail } from '../../marketplaces/port/mail-rules.ts'
import { PRESETS } from '../../shops/mailboxes/presets.ts'

/** Trust settings of a mailbox. */
export interface TrustSettings {
  /** Host whose Authentication-Results are trusted; null: none. */
  authservId: string | null
}

/** Names that hosts are known to write, for mailboxes without a setting. */
const KNOWN_HOSTS: ReadonlyMap<string, string> = new Map(
  PRESETS.flatMap(({ host, authservId }) => (host && authservId ? [[host, authservId]] : [])),
)

export const authservIdFor = (host: string, setting: string | null): string | null =>
  setting ?? KNOWN_HOSTS.get(host.toLowerCase()) ?? null

/**
 * Decides how far a mail's sender is trusted, by the receiving host's checks (RFC 8601). The mail's own
 * headers prove nothing, its From least of all.
 * @param own the mall's rules
 * @param added rules that shops entered
 */
export function trustOf(
  mail: ReadableMail,
  own: MailRules,
  added: MailRules,
  { authservId }: TrustSettings,
): MailTrust {
  const domains = domainsOfSenders(mail)
  if (isShared(domains, own)) return 'unknown'
  const proven = authservId === null ? [] : provenDomains(mail.authentication ?? [], authservId)
  const isProven = (allowed: readonly string[]) =>
    domains.length > 0 &&
    domains.every((domain) => isBelow(domain, allowed)) &&
    proven.some((domain) => isBelow(domain, allowed))
  if (isProven(own.domains ?? [])) return 'verified'
  const entered = matchRules(mail, added).sender !== null && matchRules(mail, own).sender === null
  if (!entered) return 'unknown'
  // An address that the host does not vouch for may be anyone's, when the host names the senders it verified.
  return authservId === null || isProven(domains.slice(0, 1)) ? 'forwarder' : 'unknown'
}

/**
 * True when the receiving host verified the sender's own domain. An attached file is data and no hint, so
 * that neither an entered rule nor a learned path is enough for it. A hosted cart's domain is every shop's,
 * and a mail server of many lets each of them pass SPF for it.
 * @param shared domains of hosted carts
 */
export function isSenderProven(
  mail: Pick<ReadableMail, 'from' | 'authentication'>,
  shared: readonly string[],
  { authservId }: TrustSettings,
): boolean {
  const domains = domainsOfSenders(mail)
  if (authservId === null || domains.length === 0 || isShared(domains, { sharedDomains: shared }))
    return false
  const checks = checksOf(mail.authentication ?? [], authservId)
  const proven = checks.filter((check) => !/^\s*spf=/i.test(check)).flatMap(domainsOf)
  const senders = checks.flatMap(mailFromOf)
  return mail.from.every(
    (address, at) => senders.includes(address) || proven.some((one) => isBelow(one, [domains[at] ?? ''])),
  )
}

const domainsOfSenders = ({ from }: Pick<ReadableMail, 'from'>): string[] =>
  from.map((address) => address.slice(address.lastIndexOf('@') + 1))

const isShared = (
  domains: readonly string[],
  { sharedDomains = [] }: Pick<MailRules, 'sharedDomains'>,
): boolean => domains.some((domain) => isBelow(domain, sharedDomains))

/**
 * Builds the path of a mail from its headers: sender, bounce address, signers, and the topmost results, which
 * a receiving host writes above everything that came with the mail. Null when only its From shows the origin,
 * and for a hosted cart, whose path a stranger's shop takes too.
 * @param own the mall's rules
 */
export function pathOf(mail: ReadableMail, own: MailRules): string | null {
  const { from, returnPath = '', signatures = [], authentication } = mail
  if (isShared(domainsOfSenders(mail), own)) return null
  const bounces = /@([a-z0-9.-]{1,255})>?$/i.exec(returnPath.trim())?.[1]?.toLowerCase() ?? ''
  const signers = signatures.flatMap((value) => signerOf(value) ?? [])
  const [host = '', ...checks] = partsOf(authentication?.[0] ?? '')
  const proven = checks.flatMap(domainsOf)
  if (from.length === 0 || bounces + signers.join('') + proven.join('') === '') return null
  const receiver = host.trim().split(/\s+/)[0]?.toLowerCase() ?? ''
  return JSON.stringify([from, bounces, distinct(signers), receiver, distinct(proven)])
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)].sort()

const signerOf = (signature: string): string | undefined =>
  signature
    .split(';')
    .map((tag) => tag.replace(/\s+/g, '').toLowerCase())
    .find((tag) => tag.startsWith('d='))
    ?.slice(2)

/** Properties of a passed check that name the domain it holds for. */
const PROPERTIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['dmarc', ['header.from']],
  ['dkim', ['header.d', 'header.i']],
  ['spf', ['smtp.mailfrom']],
])

/** Lists domains that passed a check. */
const provenDomains = (results: readonly string[], authservId: string): string[] =>
  checksOf(results, authservId).flatMap(domainsOf)

/** Takes the topmost results of that host, which writes its own above those in the mail. */
function checksOf(results: readonly string[], authservId: string): string[] {
  for (const value of results) {
    const [head = '', ...checks] = partsOf(value)
    if (head.trim().split(/\s+/)[0]?.toLowerCase() === authservId.toLowerCase()) return checks
  }
  return []
}

const domainsOf = (check: string): string[] =>
  passedOf(check).map((domain) => domain.slice(domain.lastIndexOf('@') + 1))

/** The whole bounce address of a passed SPF check. */
const mailFromOf = (check: string): string[] =>
  /^\s*spf=/i.test(check) ? passedOf(check).filter((name) => name.includes('@')) : []

/** Names for which a check passed: addresses and domains. */
function passedOf(check: string): string[] {
  const words = check.trim().toLowerCase().split(/\s+/)
  const [method = '', result] = (words[0] ?? '').split('=')
  const properties = PROPERTIES.get(method) ?? []
  if (result !== 'pass') return []
  return words.slice(1).flatMap((word) => {
    const at = word.indexOf('=')
    if (!properties.includes(word.slice(0, at))) return []
    return [word.slice(at + 1)]
  })
}

/** Splits at semicolons and drops comments and quoted text, since strangers control both. Linear. */
function partsOf(value: string): string[] {
  const parts = ['']
  let depth = 0
  let quoted = false
  for (let at = 0; at < value.length; at += 1) {
    const character = value.charAt(at)
    if (character === '\\') at += 1
    else if (depth === 0 && character === '"') quoted = !quoted
    else if (quoted) continue
    else if (character === '(') depth += 1
    else if (character === ')') depth = Math.max(0, depth - 1)
    else if (depth > 0) continue
    else if (character === ';') parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts
}
