import { XMLParser } from 'fast-xml-parser'
import { z } from 'zod'
import { tenant } from '../../http/access.ts'
import type { Routes } from '../../http/app-types.ts'
import { asksOthers } from '../../http/limits.ts'
import { operation } from '../../http/operation.ts'
import { CutLater } from '../../http/schemas.ts'
import { invalid } from '../../http/validation.ts'
import { outside } from '../../platform/db/tenant-scope.ts'
import { type AddressRules, assertPublicHost } from '../../platform/http/address-guard.ts'
import type { HttpClient } from '../../platform/http/http-client.ts'
import { type MailboxPreset, PRESETS, presetOfDomain, presetOfExchanger } from './presets.ts'

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

interface Discovered {
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

const Preset = z
  .object({
    id: z.string().describe('For programs (コード)'),
    name: z.string().describe('事業者名'),
    host: z.string().nullable().describe('null: it differs from account to account (ホスト名)'),
    hostHelp: z.string().describe('Where it is found, Japanese (ホスト名の調べ方)'),
    port: z.int().describe('ポート'),
    security: z.enum(['tls', 'starttls']).describe('暗号化'),
    auth: z.array(z.string()).describe('Ways to sign in, the best first (サインイン方法)'),
    usernameHelp: z.string().describe('What the user name is, Japanese (ユーザー名)'),
    enable: z.array(z.string()).describe('What to switch on there before, Japanese (事前の設定)'),
    traps: z.array(z.string()).describe('Known traps, Japanese (注意点)'),
    certain: z
      .boolean()
      .describe(
        'true: the host says so; false: not all of it is confirmed, the connection test decides (確実)',
      ),
    source: z.string().describe('Where it is from, and what could not be confirmed, Japanese (出典)'),
    authservId: z
      .string()
      .nullable()
      .describe(
        'Name that it writes into Authentication-Results; used where the mailbox sets none. null: none, several, or not known (認証結果を付けるサーバー名)',
      ),
  })
  .meta({ id: 'MailboxPreset', description: 'What is known of a mail host (メール事業者の設定例)' })

const shown = ({
  domains: _domains,
  exchangers: _exchangers,
  auth,
  enable,
  traps,
  ...preset
}: MailboxPreset) => ({
  ...preset,
  auth: [...auth],
  enable: [...enable],
  traps: [...traps],
})

const Domain = z
  .string()
  .trim()
  .toLowerCase()
  .min(3)
  .max(320)
  .describe('A mail address or its domain (メールアドレスまたはドメイン)')

/** GET /v1/mailbox-presets and GET /v1/mailbox-presets/discover */
export const presetRoutes =
  (tools: DiscoverTools): Routes =>
  (app) => {
    operation(app, {
      id: 'listMailboxPresets',
      at: 'GET /v1/mailbox-presets',
      since: '1.0.0',
      tag: 'mailboxes',
      who: tenant('read_only', 'refused'),
      cost: 'light',
      summary: 'Settings of common mail hosts (メール事業者の設定例)',
      description: 'What to enter and what to switch on. Nothing is asked of the hosts.',
      answers: { 200: z.object({ presets: z.array(Preset), nextCursor: CutLater }) },
      run: async () => ({ presets: PRESETS.map(shown), nextCursor: null }),
    })

    operation(app, {
      id: 'discoverMailbox',
      at: 'GET /v1/mailbox-presets/discover',
      since: '1.0.0',
      tag: 'mailboxes',
      who: tenant('read_only', 'refused'),
      cost: 'waits',
      limit: asksOthers(),
      summary: 'Find the mail server of an address (メールサーバーの自動検出)',
      description:
        'By what its domain publishes: SRV records (RFC 6186), autoconfig over https, and where its mail goes (MX). Servers ' +
        'inside the operator’s network are left out. `by: none`: nothing was found; ask the host.',
      query: z.strictObject({ address: Domain }),
      answers: {
        200: z.object({
          by: z
            .enum(['domain', 'srv', 'autoconfig', 'mx', 'none'])
            .describe(
              'domain 既知のドメイン, srv SRVレコード, autoconfig 自動設定, mx MXレコード, none 見つからない (検出方法)',
            ),
          host: z.string().nullable().describe('ホスト名'),
          port: z.int().nullable().describe('ポート'),
          security: z.enum(['tls', 'starttls']).nullable().describe('暗号化'),
          preset: Preset.nullable().describe('What is known of the host (設定例)'),
        }),
      },
      run: async (request) => {
        const domain = request.query.address.slice(request.query.address.lastIndexOf('@') + 1)
        if (!/^(?=.{3,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,62}$/.test(domain))
          throw invalid([badDomain])
        const { preset, ...found } = await outside(() => discover(tools, domain))
        return { ...found, preset: preset && shown(preset) }
      },
    })
  }

const badDomain = {
  field: 'address',
  message: 'メールアドレスかドメインを指定してください（例 order@example.jp）。',
  code: 'invalid_format',
}
