import { getCACertificates } from 'node:tls'
import type { z } from 'zod'
import { EVERY_MALL, MALL_FACTS } from '../marketplaces/facts.ts'
import type { MarketplaceEndpoints } from '../marketplaces/index.ts'
import type { MallOptions, MallSetting } from '../marketplaces/port/marketplace.ts'
import { hostUrls } from '../platform/db/hosts.ts'
import { StartError } from '../platform/errors.ts'
import { redisUrls } from '../platform/queue/redis-address.ts'
import { list, type Unencrypted } from './fields.ts'
import { MallSettings, OwnSettings } from './schema.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** All that is wrong with the environment at once; names the variables, never their values. */
export class ConfigError extends StartError {
  override name = 'ConfigError'
  readonly faults: readonly string[]
  constructor(faults: readonly string[]) {
    super(
      faults.length === 1
        ? `${faults[0]}.`
        : `these settings must be mended first:\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
    )
    this.faults = faults
  }
}

/** The settings as the service reads them, frozen. */
export type Config = Readonly<ReturnType<typeof toConfig>>

/** @throws ConfigError telling every fault. Empty variables count as not set. */
export function loadConfig(env: Environment): Config {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  )
  const own = OwnSettings.safeParse(given)
  const malls = MallSettings.safeParse(given)
  const faults = [own, malls].flatMap(({ error }) => error?.issues.map(describeIssue) ?? [])
  const missing = given.NODE_ENV === 'production' ? missingInProduction(given) : []
  const contrary =
    given.QUEUE_ENGINE === 'redis' && !given.REDIS_URL
      ? ['QUEUE_ENGINE is redis, so REDIS_URL is needed']
      : []
  if (own.success) contrary.push(...keptTooLong(own.data))
  if (own.success && malls.success && own.data.NODE_ENV === 'production')
    contrary.push(...unencrypted(own.data, malls.data))
  for (const name of ['OTEL_METRICS_EXPORTER', 'OTEL_LOGS_EXPORTER'])
    if (sendsOtlp(given[name]) && !given.OTEL_EXPORTER_OTLP_ENDPOINT)
      contrary.push(`${name} is otlp, so OTEL_EXPORTER_OTLP_ENDPOINT is needed`)
  const halves = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']
  if (halves.some((name) => given[name]))
    for (const name of [...halves, 'PUBLIC_URL'])
      if (!given[name])
        contrary.push(`${name} is needed for single sign-on: set all of ${halves.join(', ')} and PUBLIC_URL`)
  if (!own.success || !malls.success || missing.length > 0 || contrary.length > 0)
    throw new ConfigError([...faults, ...missing, ...contrary])
  return freeze(toConfig(own.data, malls.data))
}

function describeIssue(issue: z.core.$ZodIssue): string {
  return `${String(issue.path[0] ?? 'settings')} ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`
}

const unencrypted = (own: OwnSettings, malls: MallOptions): string[] =>
  withoutTlsFaults(waysOf(own, mallUrls(malls)), own.CONNECTIONS_WITHOUT_TLS)

const mallUrls = (values: MallOptions) =>
  MALL_FACTS.flatMap((mall) => Object.values<MallSetting>(mall.settings)).flatMap(({ kind, env }) =>
    kind === 'rate' || kind === 'hosts' ? [] : [{ setting: env, url: String(values[env]) }],
  )

/**
 * Finds retention beyond a mall's terms, which bind everyone who reads its orders, whatever the other malls
 * allow.
 */
function keptTooLong(own: OwnSettings): string[] {
  const names: readonly string[] = MALL_FACTS.map(({ name }) => name)
  const ofMalls = own.PII_RETENTION_DAYS_OF_MALLS
  const unknown = Object.keys(ofMalls).filter((name) => !names.includes(name))
  const tooLong = EVERY_MALL.flatMap(({ name, label, personalDataDays }) => {
    if (personalDataDays === undefined) return []
    const [setting, days] =
      ofMalls[name] === undefined
        ? ['PII_RETENTION_DAYS', own.PII_RETENTION_DAYS]
        : ['PII_RETENTION_DAYS_OF_MALLS', ofMalls[name]]
    if (days <= personalDataDays) return []
    return [
      `${setting} keeps orders of ${label} for ${days} days, which allows ${personalDataDays}: set PII_RETENTION_DAYS_OF_MALLS=${name}=${personalDataDays} or less`,
    ]
  })
  return [
    ...unknown.map((name) => `PII_RETENTION_DAYS_OF_MALLS knows no mall ${name.slice(0, 20)}`),
    ...tooLong,
  ]
}

/** Short enough for any tool, long enough not to be guessed over HTTP. */
const OPERATOR_KEY_LENGTH = 16

/**
 * Lists settings whose fallbacks live on one machine: they are lost with its disk and not shared with a
 * second process.
 */
function missingInProduction(given: Record<string, string | undefined>): string[] {
  const faults: string[] = []
  const need = (name: string, why: string) => {
    if (!given[name]) faults.push(`${name} is required in production: ${why}`)
  }
  need('DATABASE_URL', 'the embedded Postgres is for one machine')
  need(
    'ENCRYPTION_KEYS',
    'a generated key would be lost with this machine (openssl rand -base64 32, written as id:base64)',
  )
  // A listener or worker lets no operator in, and need not hold the key that lets anybody in everywhere.
  if (!given.ROLES || list(given.ROLES).includes('api'))
    need('OPERATOR_API_KEY', 'a generated key would differ from process to process (openssl rand -hex 32)')
  if (given.OPERATOR_API_KEY && given.OPERATOR_API_KEY.length < OPERATOR_KEY_LENGTH) {
    faults.push(
      `OPERATOR_API_KEY must have at least ${OPERATOR_KEY_LENGTH} characters in production (openssl rand -hex 32)`,
    )
  }
  if (given.QUEUE_ENGINE !== 'postgres')
    need('REDIS_URL', 'or set QUEUE_ENGINE=postgres to keep the queue in Postgres')
  return faults
}

const sendsOtlp = (exporters = ''): boolean => list(exporters).includes('otlp')

/** Null: no collector. */
function otlpOf(settings: OwnSettings) {
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint === undefined) return null
  return {
    endpoint,
    traces: sendsOtlp(settings.OTEL_TRACES_EXPORTER),
    metrics: sendsOtlp(settings.OTEL_METRICS_EXPORTER),
    logs: sendsOtlp(settings.OTEL_LOGS_EXPORTER),
  }
}

function toConfig(settings: OwnSettings, mallSettings: MallOptions) {
  const production = settings.NODE_ENV === 'production'
  return {
    production,
    revision: settings.REVISION ?? null,
    host: settings.HOST ?? (production ? '0.0.0.0' : '127.0.0.1'),
    port: settings.PORT,
    roles: settings.ROLES,
    logLevel: settings.LOG_LEVEL,
    trustProxy: settings.TRUST_PROXY ?? null,
    dataDir: settings.DATA_DIR,
    /** Null: embedded Postgres in dataDir. */
    databaseUrl: settings.DATABASE_URL ?? null,
    /** Under the role that owns the tables; null: as databaseUrl. */
    databaseMigrateUrl: settings.DATABASE_MIGRATE_URL ?? null,
    /** Null: the server of the two above. */
    restoreDrillUrl: settings.RESTORE_DRILL_URL ?? null,
    migrateOnStart: settings.MIGRATE_ON_START === 'yes',
    databaseConnections: settings.DATABASE_CONNECTIONS,
    startPatienceSeconds: settings.START_PATIENCE_SECONDS,
    /** Seconds that a stopping process still serves after it reports itself unready. */
    drainSeconds: settings.DRAIN_SECONDS ?? (production ? 10 : 0),
    watchdogSeconds: settings.WATCHDOG_SECONDS,
    eventStreams: { perKey: settings.EVENT_STREAMS_PER_KEY, perTenant: settings.EVENT_STREAMS_PER_TENANT },
    databaseCommitWaitsFor: settings.DATABASE_COMMIT_WAITS_FOR,
    /** Null: queue and lanes on Postgres. */
    redisUrl: settings.QUEUE_ENGINE === 'postgres' ? null : (settings.REDIS_URL ?? null),
    /** Input of parseEncryptionKeys; null: generated into dataDir. */
    encryptionKeys: settings.ENCRYPTION_KEYS ?? null,
    backupKey: settings.BACKUP_KEY ?? null,
    /** Null: generated into dataDir. */
    operatorApiKey: settings.OPERATOR_API_KEY ?? null,
    /** Null: the operator key opens the metrics. */
    metricsApiKey: settings.METRICS_API_KEY ?? null,
    perTenant: {
      shops: settings.SHOPS_PER_TENANT,
      mailboxes: settings.MAILBOXES_PER_TENANT,
      webhooks: settings.WEBHOOKS_PER_TENANT,
      apiKeys: settings.API_KEYS_PER_TENANT,
    },
    workerConcurrency: settings.WORKER_CONCURRENCY,
    mailboxAllowedPrivateHosts: settings.MAILBOX_ALLOWED_PRIVATE_HOSTS,
    webhookAllowedPrivateHosts: settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS,
    shopAllowedPrivateHosts: openedHosts(mallSettings),
    sweepIntervalSeconds: settings.SWEEP_INTERVAL_SECONDS,
    retention: {
      retentionDays: settings.PII_RETENTION_DAYS,
      ofMalls: settings.PII_RETENTION_DAYS_OF_MALLS,
      openDays: settings.PII_OPEN_DAYS,
      unpulledDays: settings.PII_UNPULLED_DAYS,
    },
    /** Without a slash at the end. Null: no consents in the browser. */
    publicUrl: settings.PUBLIC_URL ?? null,
    outgoingAddresses: settings.OUTGOING_ADDRESSES,
    corsOrigins: settings.CORS_ORIGINS,
    mcp: settings.MCP_ENABLED === 'yes',
    takesApplications: settings.APPLICATIONS_ENABLED === 'yes',
    otlp: otlpOf(settings),
    mailOAuth: mailOAuthOf(settings),
    /** Authorities of mail servers (PEM); null: those that Node.js knows. */
    mailCa: mailAuthoritiesOf(settings),
    /** Null: notices are not mailed. */
    smtp: smtpOf(settings),
    /** Null: no sign-in by an identity provider. */
    oidc: oidcOf(settings),
    malls: endpointsOf(mallSettings),
    /** Mall hosts that were set to others than the real ones, and so may have a private address. */
    replacedMallHosts: [...new Set([...replacedHosts(mallSettings), ...replacedMailHosts(settings)])],
  }
}

function mailOAuthOf(settings: OwnSettings) {
  const client = (id: string | undefined, secret: string | undefined) =>
    id === undefined || secret === undefined ? null : { id, secret }
  return {
    microsoftUrl: settings.MICROSOFT_AUTH_URL,
    googleConsentUrl: settings.GOOGLE_CONSENT_URL,
    googleTokenUrl: settings.GOOGLE_TOKEN_URL,
    microsoftClient: client(settings.MICROSOFT_CLIENT_ID, settings.MICROSOFT_CLIENT_SECRET),
    googleClient: client(settings.GOOGLE_CLIENT_ID, settings.GOOGLE_CLIENT_SECRET),
  }
}

/** Adds those that Node.js knows: a connection's own list of authorities replaces them. */
const mailAuthoritiesOf = ({ MAIL_CA: added }: OwnSettings): string | null =>
  added === undefined ? null : [...getCACertificates('default'), added].join('\n')

/** Asked from here, and set to another host than the real one, which may have a private address. */
const replacedMailHosts = (settings: OwnSettings): string[] =>
  [
    [settings.MICROSOFT_AUTH_URL, 'https://login.microsoftonline.com'],
    [settings.GOOGLE_TOKEN_URL, 'https://oauth2.googleapis.com'],
  ].flatMap(([url = '', byDefault]) => (url === byDefault ? [] : [new URL(url).hostname]))

function smtpOf(settings: OwnSettings) {
  const { SMTP_URL: url, SMTP_FROM: from, SMTP_OAUTH: oauth } = settings
  if (url === undefined) return null
  const { username, hostname } = new URL(url)
  const user = username.replace('%40', '@')
  return {
    url,
    oauth: oauth ?? null,
    ca: mailAuthoritiesOf(settings),
    from: from ?? (/^[^\s<>@]+@[^\s<>@]+$/.test(user) ? user : `torikomi@${hostname}`),
    /** STARTTLS before anything else, also where the server does not offer it: then no mail goes. */
    requireTls:
      settings.NODE_ENV === 'production' &&
      !settings.CONNECTIONS_WITHOUT_TLS.includes('smtp') &&
      !isLoopback(hostname),
  }
}

function oidcOf(settings: OwnSettings) {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = settings
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) return null
  return { issuer, clientId, clientSecret, label: settings.OIDC_LABEL }
}

/** Each mall's part, under the names that its facts give the settings. */
function endpointsOf(values: MallOptions): MarketplaceEndpoints {
  const endpoints = MALL_FACTS.map((mall) => [
    mall.name,
    Object.fromEntries(
      Object.entries<MallSetting>(mall.settings).map(([option, { env }]) => [option, values[env]]),
    ),
  ])
  return Object.fromEntries(endpoints) as MarketplaceEndpoints
}

/** Pages are opened by browsers, never from here. */
function replacedHosts(values: MallOptions): string[] {
  const replaced = MALL_FACTS.flatMap((mall) => Object.values<MallSetting>(mall.settings)).flatMap(
    (setting) => {
      const url = String(values[setting.env])
      return setting.kind === 'api' && url !== setting.byDefault ? [new URL(url).hostname] : []
    },
  )
  return [...new Set(replaced)]
}

/** Hosts that may have a private address where a tenant enters the URL of a shop. */
const openedHosts = (values: MallOptions): string[] =>
  MALL_FACTS.flatMap((mall) => Object.values<MallSetting>(mall.settings)).flatMap(({ kind, env }) =>
    kind === 'hosts' ? list(String(values[env])) : [],
  )

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) freeze(inner)
  return Object.freeze(value)
}

/** One connection into or out of this process, and whether its setting encrypts it. */
interface Way {
  kind: Unencrypted
  setting: string
  url: string | undefined
  encrypted(url: URL): boolean
  remedy: string
}

const https = (url: URL) => url.protocol === 'https:'
/**
 * `prefer` and `allow` fall back to plain text when the server, or an attacker before it, says that it has no
 * TLS.
 */
const POSTGRES_TLS = ['require', 'verify-ca', 'verify-full', 'no-verify']
const postgresTls = (url: URL) => POSTGRES_TLS.includes(url.searchParams.get('sslmode') ?? '')

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(host)

/** A socket file has no host; one that is named behind a question mark is the one that pg connects to. */
function isHere(url: URL): boolean {
  const host = url.searchParams.get('host') ?? url.hostname
  return host === '' || host.startsWith('/') || isLoopback(host)
}

/**
 * Lists connections that would carry names, addresses and passwords readable over a network. `smtp://` is not
 * one of them: STARTTLS is required there before the password (src/notices/mailer.ts).
 */
function withoutTlsFaults(ways: readonly Way[], allowed: readonly Unencrypted[]): string[] {
  return ways.flatMap(({ kind, setting, url, encrypted, remedy }) => {
    const parsed = url === undefined ? null : URL.parse(url)
    if (parsed === null || allowed.includes(kind) || isHere(parsed) || encrypted(parsed)) return []
    return [
      `${setting} goes without TLS in production: ${remedy}, or name ${kind} in CONNECTIONS_WITHOUT_TLS if that network is yours alone`,
    ]
  })
}

const DATABASES = ['DATABASE_URL', 'DATABASE_MIGRATE_URL', 'RESTORE_DRILL_URL'] as const
const MAIL_PROVIDERS = ['MICROSOFT_AUTH_URL', 'GOOGLE_CONSENT_URL', 'GOOGLE_TOKEN_URL'] as const

function waysOf(settings: OwnSettings, malls: readonly { setting: string; url: string }[]): Way[] {
  // Judges several hosts by the first that is elsewhere: they share what is behind them.
  const elsewhere = (urls: readonly string[]) =>
    urls.find((url) => {
      const parsed = URL.parse(url)
      return parsed !== null && !isHere(parsed)
    })
  const postgres = (setting: (typeof DATABASES)[number]): Way => ({
    kind: 'database',
    setting,
    url: elsewhere(hostUrls(settings[setting] ?? '')),
    encrypted: postgresTls,
    remedy: 'put sslmode=verify-full behind it',
  })
  return [
    ...DATABASES.map(postgres),
    {
      kind: 'redis',
      setting: 'REDIS_URL',
      url: elsewhere(redisUrls(settings.REDIS_URL ?? '')),
      encrypted: (url) => url.protocol === 'rediss:',
      remedy: 'begin it with rediss:// (rediss-sentinel:// for Sentinels)',
    },
    {
      kind: 'public_url',
      setting: 'PUBLIC_URL',
      url: settings.PUBLIC_URL,
      encrypted: https,
      remedy: 'begin it with https://',
    },
    ...[...malls, ...MAIL_PROVIDERS.map((setting) => ({ setting, url: settings[setting] }))].map(
      ({ setting, url }): Way => ({
        kind: 'malls',
        setting,
        url,
        encrypted: https,
        remedy: 'begin it with https://',
      }),
    ),
  ]
}
