import { XMLParser } from 'fast-xml-parser'
import { z } from 'zod'
import { type AddressRules, assertPublicHost } from '../../../platform/http/address-guard.ts'
import type { HttpClient } from '../../../platform/http/http-client.ts'
import { type MailboxPreset, presetOfDomain, presetOfExchanger } from './presets.ts'

/** Finds an address's mail server by what its domain publishes. All of that is written by strangers. */

interface MailDns {
  srv(name: string): Promise<{ name: string; port: number; priority: number }[]>
  mx(name: string): Promise<{ exchange: string; priority: number }[]>
}

export interface DiscoverTools {
  dns: MailDns
  http: HttpClient
  addressRules: AddressRules
}

export interface Discovered {
  /** domain: known by the address; srv, autoconfig: published; mx: by its mail's way; none: not found. */
  by: 'domain' | 'srv' | 'autoconfig' | 'mx' | 'none'
  host: string | null
  port: number | null
  security: 'tls' | 'starttls' | null
  preset: MailboxPreset | null
}

const NONE: Discovered = { by: 'none', host: null, port: null, security: null, preset: null }
const AUTOCONFIG = { timeoutMs: 5_000, maxBytes: 64 * 1024 }
const HOST = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/

export async function discover(tools: DiscoverTools, domain: string): Promise<Discovered> {
  const known = presetOfDomain(domain)
  if (known) return ofPreset('domain', known)
  const [srv, mx] = await Promise.all([bySrv(tools, domain), byMx(tools, domain)])
  const preset = mx?.preset ?? null
  if (srv) return { ...srv, preset }
  // Whose mail goes to a big provider is known better than anything that a web server below the domain may
  // say.
  if (preset?.host) return { ...NONE, ...mx }
  const published = await byAutoconfig(tools, domain)
  return published ? { ...published, preset } : (mx ?? NONE)
}

const ofPreset = (by: Discovered['by'], preset: MailboxPreset): Discovered => ({
  by,
  preset,
  host: preset.host,
  port: preset.port,
  security: preset.security,
})

/** RFC 6186. A target of `.` says that there is none. */
async function bySrv({ dns, addressRules }: DiscoverTools, domain: string): Promise<Discovered | null> {
  for (const [service, security] of [
    ['_imaps', 'tls'],
    ['_imap', 'starttls'],
  ] as const) {
    const found = await dns.srv(`${service}._tcp.${domain}`).catch(() => [])
    for (const { name, port } of found.slice(0, 10).sort((a, b) => a.priority - b.priority)) {
      const host = await allowed(addressRules, name)
      if (host !== null && port > 0) return { by: 'srv', host, port, security, preset: null }
    }
  }
  return null
}

async function byMx({ dns }: DiscoverTools, domain: string): Promise<Discovered | null> {
  const found = await dns.mx(domain).catch(() => [])
  const sorted = found.slice(0, 20).sort((a, b) => a.priority - b.priority)
  for (const { exchange } of sorted) {
    const preset = presetOfExchanger(exchange.toLowerCase().replace(/\.$/, ''))
    if (preset) return ofPreset('mx', preset)
  }
  return null
}

const Server = z.object({
  '@type': z.string(),
  hostname: z.string(),
  port: z.coerce.number().int().min(1).max(65_535),
  socketType: z.enum(['SSL', 'STARTTLS']),
})
const Config = z.object({
  clientConfig: z.object({ emailProvider: z.object({ incomingServer: z.array(z.unknown()) }) }),
})

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  processEntities: false,
  parseTagValue: false,
  isArray: (name) => name === 'incomingServer',
})

/** As Thunderbird asks; over https alone, since what it says decides where a password is sent. */
async function byAutoconfig(
  { http, addressRules }: DiscoverTools,
  domain: string,
): Promise<Discovered | null> {
  for (const url of [
    `https://autoconfig.${domain}/mail/config-v1.1.xml`,
    `https://${domain}/.well-known/autoconfig/mail/config-v1.1.xml`,
  ]) {
    const answer = await http.request({ method: 'GET', url, ...AUTOCONFIG }).catch(() => null)
    if (answer?.status !== 200) continue
    for (const { hostname, port, socketType } of serversIn(answer.body.toString('utf8'))) {
      const host = await allowed(addressRules, hostname)
      const security = socketType === 'SSL' ? 'tls' : 'starttls'
      if (host !== null) return { by: 'autoconfig', host, port, security, preset: null }
    }
  }
  return null
}

function serversIn(xml: string): z.infer<typeof Server>[] {
  try {
    const config = Config.safeParse(parser.parse(xml)).data
    const servers = config?.clientConfig.emailProvider.incomingServer ?? []
    return servers.slice(0, 10).flatMap((one) => {
      const server = Server.safeParse(one).data
      return server?.['@type'] === 'imap' ? [server] : []
    })
  } catch {
    return []
  }
}

/** A name on the public internet, or null. */
async function allowed(rules: AddressRules, name: string): Promise<string | null> {
  const host = name.trim().toLowerCase().replace(/\.$/, '')
  if (!HOST.test(host)) return null
  return assertPublicHost(host, rules).then(
    () => host,
    () => null,
  )
}
