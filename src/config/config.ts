import type { MarketplaceEndpoints } from '../marketplaces/index.ts'
import type { LogLevel } from '../platform/logger.ts'
import type { Role } from './fields.ts'
import type { OwnSettings } from './schema.ts'

export interface Config {
  readonly production: boolean
  /** Null: not given. */
  readonly revision: string | null
  readonly host: string
  readonly port: number
  readonly roles: readonly Role[]
  readonly logLevel: LogLevel
  readonly trustProxy: number | string[] | null
  readonly dataDir: string
  /** Null: embedded Postgres in dataDir. */
  readonly databaseUrl: string | null
  /** Under the role that owns the tables; null: as databaseUrl. */
  readonly databaseMigrateUrl: string | null
  readonly migrateOnStart: boolean
  readonly databaseConnections: number
  readonly startPatienceSeconds: number
  /** Seconds that a stopping process still serves after it reports itself unready. */
  readonly drainSeconds: number
  readonly eventStreams: { readonly perKey: number; readonly perTenant: number }
  readonly databaseCommitWaitsFor: OwnSettings['DATABASE_COMMIT_WAITS_FOR']
  /** Null: queue and lanes on Postgres. */
  readonly redisUrl: string | null
  /** Input of parseEncryptionKeys; null: generated into dataDir. */
  readonly encryptionKeys: string | null
  /** For `ops backup` alone. */
  readonly backupKey: string | null
  /** Null: generated into dataDir. */
  readonly operatorApiKey: string | null
  /** Null: the operator key opens the metrics. */
  readonly metricsApiKey: string | null
  readonly perTenant: { readonly shops: number; readonly mailboxes: number; readonly webhooks: number }
  readonly workerConcurrency: number
  readonly mailboxAllowedPrivateHosts: readonly string[]
  readonly webhookAllowedPrivateHosts: readonly string[]
  readonly sweepIntervalSeconds: number
  readonly retention: {
    readonly retentionDays: number
    readonly ofMalls: Readonly<Record<string, number>>
    readonly openDays: number
    readonly unpulledDays: number
  }
  /** Without a slash at the end. Null: no consents in the browser. */
  readonly publicUrl: string | null
  /** IP addresses from which the malls are called. */
  readonly outgoingAddresses: readonly string[]
  /** True when assistants may call /mcp. */
  readonly mcp: boolean
  /** Origins whose pages may read answers. */
  readonly corsOrigins: readonly string[]
  readonly otlpEndpoint: string | null
  readonly mailOAuth: Readonly<MailOAuthSettings>
  /** Null: notices are not mailed. */
  readonly smtp: Readonly<SmtpConfig> | null
  /** Null: no sign-in by an identity provider. */
  readonly oidc: Readonly<OidcConfig> | null
  readonly malls: Readonly<MarketplaceEndpoints>
  /** Mall hosts that were set to others than the real ones, and so may have a private address. */
  readonly replacedMallHosts: readonly string[]
}

export interface OidcConfig {
  issuer: string
  clientId: string
  clientSecret: string
  label: string
}

export interface SmtpConfig {
  url: string
  /** Address, or name and address. */
  from: string
  /** STARTTLS before anything else, also where the server does not offer it: then no mail goes. */
  requireTls: boolean
  /** JSON; null: the password of the URL. */
  oauth: string | null
}

export interface MailOAuthSettings {
  microsoftUrl: string
  googleConsentUrl: string
  googleTokenUrl: string
  microsoftClient: { id: string; secret: string } | null
  googleClient: { id: string; secret: string } | null
}
