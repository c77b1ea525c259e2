import { z } from 'zod'
import { EVERY_MALL, MALL_FACTS } from '../marketplaces/facts.ts'
import type { MallSetting } from '../marketplaces/port/marketplace.ts'
import { LOG_LEVELS } from '../platform/logger.ts'
import { factsOf } from '../platform/narrow.ts'
import {
  addresses,
  authorities,
  backupKey,
  databaseUrl,
  daysOfMalls,
  encryptionKeys,
  list,
  mailAddress,
  mallUrl,
  operatorKey,
  origins,
  otlpSignal,
  publicUrl,
  rate,
  redisUrl,
  roles,
  UNENCRYPTED,
  urlOf,
  whole,
  withoutTls,
} from './fields.ts'

export interface SettingNotes {
  group: string
  /** Shown in the docs where the default is not one fixed value. */
  shownDefault?: string
  secret?: boolean
}

const note = (group: string, more: Omit<SettingNotes, 'group'> = {}): SettingNotes => ({
  group,
  ...more,
})

/** A number counts the proxies in front; else it names them. */
const proxiesOf = (text: string): number | string[] =>
  /^\s*[1-9]\s*$/.test(text) ? Number(text) : list(text)

/** A process's address, roles and limits. */
const service = {
  NODE_ENV: z
    .enum(['development', 'test', 'production'])
    .prefault('development')
    .meta({
      description: '`production` refuses the defaults that are made for one machine.',
      ...note('Service'),
    }),
  HOST: z
    .string()
    .optional()
    .meta({
      description: 'Address to listen on.',
      ...note('Service', { shownDefault: '`127.0.0.1`; `0.0.0.0` in production' }),
    }),
  PORT: whole(0, 65_535, 3000).meta({
    description: 'Port to listen on; `0` takes a free one.',
    ...note('Service'),
  }),
  ROLES: roles.meta({
    description:
      'What this process does, comma separated: `api` answers HTTP, `listener` reads mailboxes, `worker` talks to the malls. Health and metrics are answered in every role.',
    ...note('Service', { shownDefault: '`api,listener,worker`' }),
  }),
  LOG_LEVEL: z
    .enum(LOG_LEVELS)
    .prefault('info')
    .meta({ description: 'Least level that is logged.', ...note('Service') }),
  TRUST_PROXY: z
    .string()
    .transform(proxiesOf)
    .optional()
    .meta({
      description:
        'How many proxies stand in front, one behind the other, or their exact addresses, comma separated: whose `X-Forwarded-For` is believed. A whole network (`uniquelocal`) lets each client in it choose its address.',
      ...note('Service', { shownDefault: 'none' }),
    }),
  PUBLIC_URL: publicUrl.optional().meta({
    description:
      'Where this service is reached from outside, as browsers see it. Needed for consents in the browser (同意): `<PUBLIC_URL>/oauth/<mall>/callback` must be registered with the mall. Malls take https only.',
    ...note('Service', { shownDefault: 'no consents in the browser' }),
  }),
  OUTGOING_ADDRESSES: addresses.prefault('').meta({
    description:
      'IP addresses from which this service calls the malls, as the internet sees them, comma separated: those of the NAT or proxy in front, if there is one. Some malls take calls from registered addresses alone; the board shows these where a shop has to register them.',
    ...note('Service', { shownDefault: 'none; the board asks for the operator' }),
  }),
  CORS_ORIGINS: origins.prefault('').meta({
    description:
      'Whose web pages may call the API with a key and read its answers, comma separated: `https://app.example.jp`. The board needs none. Never with a session: cookies are not taken from other sites.',
    ...note('Service', { shownDefault: 'none' }),
  }),
  MCP_ENABLED: z
    .enum(['yes', 'no'])
    .prefault('no')
    .meta({
      description:
        '`yes`: assistants may ask at `/mcp` (Model Context Protocol) with a tenant’s API key: [assistants.md](assistants.md). Reached by a name, PUBLIC_URL must have it.',
      ...note('Service'),
    }),
  CONNECTIONS_WITHOUT_TLS: withoutTls.meta({
    description: `What may go unencrypted over the network in production, comma separated: ${UNENCRYPTED.map((name) => `\`${name}\``).join(', ')}. All else needs TLS there; a loopback address never does.`,
    ...note('Service', { shownDefault: 'none' }),
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .meta({
      description:
        'An OpenTelemetry collector (OTLP over HTTP, without `/v1/traces`). It gets traces: each import request is one, from its mail to staging. Nothing of an order or a buyer is in them.',
      ...note('Service', { shownDefault: 'none' }),
    }),
  OTEL_TRACES_EXPORTER: otlpSignal('otlp').meta({
    description: '`none`: no traces go to the collector.',
    ...note('Service'),
  }),
  OTEL_METRICS_EXPORTER: otlpSignal('none').meta({
    description: '`otlp`: the collector gets the numbers of `/metrics` once a minute, from each process.',
    ...note('Service'),
  }),
  OTEL_LOGS_EXPORTER: otlpSignal('none').meta({
    description:
      '`otlp`: the collector gets the log, too. It stays on standard output, which alone has the last lines of a process that breaks down.',
    ...note('Service'),
  }),
  REVISION: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be up to 64 of A-Z a-z 0-9 _ . -')
    .optional()
    .meta({
      description:
        'Revision of the source that runs, as `npm run ops -- version` shows it; the image sets it.',
      ...note('Service', { shownDefault: 'unknown' }),
    }),
  DRAIN_SECONDS: z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(0).max(300))
    .optional()
    .meta({
      description:
        'How long a stop waits, serving as before, after `/readyz` has begun to say no: the load balancer needs that time to send requests elsewhere. Its check interval times its failures, and a second. Only in the role `api`.',
      ...note('Service', { shownDefault: '`0`; `10` in production' }),
    }),
  WATCHDOG_SECONDS: whole(0, 3_600, 0).meta({
    description:
      'How long the event loop may not answer before the process ends itself (exit code 142), so that its supervisor starts it anew; `0`: never. Time in which the machine slept, or a debugger held it, does not count. For supervisors that restart what has ended and leave what hangs, as Compose; its thread takes some 20 MB.',
    ...note('Service', { shownDefault: '`0`; `60` in docker-compose.yml' }),
  }),
  EVENT_STREAMS_PER_KEY: whole(1, 100_000, 50).meta({
    description:
      'Event streams (`GET /v1/events`) that one API key may hold open at this process; more get 429.',
    ...note('Service'),
  }),
  EVENT_STREAMS_PER_TENANT: whole(1, 100_000, 200).meta({
    description: 'The same for all keys of a tenant together.',
    ...note('Service'),
  }),
  SHOPS_PER_TENANT: whole(1, 100_000, 200).meta({
    description: 'Shops that a tenant (契約店) may register.',
    ...note('Service'),
  }),
  MAILBOXES_PER_TENANT: whole(1, 100_000, 200).meta({
    description: 'Mailboxes that a tenant may register.',
    ...note('Service'),
  }),
  WEBHOOKS_PER_TENANT: whole(1, 10_000, 10).meta({
    description: 'Webhooks that a tenant may register.',
    ...note('Service'),
  }),
  API_KEYS_PER_TENANT: whole(1, 10_000, 100).meta({
    description:
      'API keys of a tenant that work at one time; while keys are rotated twice as many. A plan may have its own limit, as for the three before.',
    ...note('Service'),
  }),
}

/** Storage of orders and of the queue. */
const storage = {
  DATA_DIR: z
    .string()
    .prefault('.data')
    .meta({
      description:
        'Where the embedded Postgres and generated keys live. Used only when something is not set.',
      ...note('Storage'),
    }),
  DATABASE_URL: databaseUrl.optional().meta({
    description:
      'Postgres 15 or newer. Not set: an embedded Postgres in `DATA_DIR`. Required in production. Several hosts: `user:password@h1:5432,h2:5432/db?target_session_attrs=read-write`.',
    ...note('Storage', { shownDefault: 'embedded Postgres', secret: true }),
  }),
  DATABASE_MIGRATE_URL: databaseUrl.optional().meta({
    description:
      'The same database under the role that owns the tables; migrations and `npm run ops` use it, so that the service’s own role needs to own nothing.',
    ...note('Storage', { shownDefault: 'DATABASE_URL', secret: true }),
  }),
  RESTORE_DRILL_URL: databaseUrl.optional().meta({
    description:
      'A Postgres whose role may create databases: `npm run ops -- backup drill` restores the newest backup there, into a database that it drops again.',
    ...note('Storage', { shownDefault: 'the server of DATABASE_MIGRATE_URL', secret: true }),
  }),
  MIGRATE_ON_START: z
    .enum(['yes', 'no'])
    .prefault('yes')
    .meta({
      description:
        '`no`: a start only checks that the schema is this release’s, and says what to do otherwise. `npm run ops -- migrate` brings it up to date.',
      ...note('Storage'),
    }),
  DATABASE_CONNECTIONS: whole(2, 500, 20).meta({
    description: 'Connections that this process holds to Postgres at most, beside a few for the queue.',
    ...note('Storage'),
  }),
  START_PATIENCE_SECONDS: whole(0, 3_600, 60).meta({
    description:
      'How long a start waits for a Postgres that does not answer yet, alive by `/healthz` and not ready by `/readyz`, before the process ends. Redis is never waited for.',
    ...note('Storage'),
  }),
  DATABASE_COMMIT_WAITS_FOR: z
    .enum(['server', 'remote_write', 'on', 'remote_apply'])
    .prefault('server')
    .meta({
      description:
        'What a commit waits for (`synchronous_commit`) that stages orders, hands them over or notes what is being sent to a mall; all else goes by the server’s own setting. With a standby that takes over, `remote_apply`: a failover then forgets none of them. `server`: as the server is set.',
      ...note('Storage'),
    }),
  REDIS_URL: redisUrl.optional().meta({
    description:
      'Redis for the queue and the call budgets of the malls. Not set: both live in Postgres. Behind Sentinels: `redis-sentinel://user:password@h1:26379,h2:26379/0?sentinelMasterId=torikomi`, where their own login follows as `&sentinelUsername=…&sentinelPassword=…`; with TLS `rediss-sentinel://`.',
    ...note('Storage', { shownDefault: 'queue on Postgres', secret: true }),
  }),
  QUEUE_ENGINE: z
    .enum(['redis', 'postgres'])
    .optional()
    .meta({
      description:
        'Where the queue lives. In production `postgres` must be said; without it REDIS_URL is required.',
      ...note('Storage', { shownDefault: '`redis` when REDIS_URL is set, else `postgres`' }),
    }),
}

/** Keys. Secrets are never logged nor shown. */
const secrets = {
  ENCRYPTION_KEYS: encryptionKeys.optional().meta({
    description:
      'AES-256 keys as `id:base64:tenant,id:base64:tenant`. The first seals, all open; what a key with `:tenant` seals opens for its tenant alone; older keys bind to the row only. Losing a key loses what it sealed. Not set: one is generated into `DATA_DIR`. Required in production.',
    ...note('Secrets', { shownDefault: 'generated', secret: true }),
  }),
  ENCRYPTION_KEYS_COMMAND: z
    .string()
    .optional()
    .meta({
      description:
        'A command that prints ENCRYPTION_KEYS, run once at each start by the shell, for 30 s at most: a key service’s own program (`aws kms decrypt …`, `gcloud kms decrypt …`, `vault kv get …`). Instead of ENCRYPTION_KEYS.',
      ...note('Secrets', { shownDefault: 'none' }),
    }),
  OPERATOR_API_KEY: operatorKey.optional().meta({
    description:
      'Bearer key for `/v1/admin`. Not set: one is generated into `DATA_DIR`. Required in production.',
    ...note('Secrets', { shownDefault: 'generated', secret: true }),
  }),
  METRICS_API_KEY: operatorKey.optional().meta({
    description:
      'Bearer key that opens `/metrics` and nothing else. Set: nobody reads the metrics without this or the operator key. Not set: the operator key, or none from the same machine.',
    ...note('Secrets', { shownDefault: 'none', secret: true }),
  }),
  BACKUP_KEY: backupKey.optional().meta({
    description:
      'Encrypts the files of `npm run ops -- backup` and opens them: 32 bytes as base64 (`openssl rand -base64 32`). Kept apart from the backups.',
    ...note('Secrets', { shownDefault: 'no backups', secret: true }),
  }),
}

const allowedDays = EVERY_MALL.flatMap(({ label, personalDataDays: days }) =>
  days === undefined ? [] : [`${label} ${days}`],
).join(', ')

/** Work for shops, and retention of personal data. */
const work = {
  WORKER_CONCURRENCY: whole(1, 200, 16).meta({
    description: 'Shops that this process works for at the same time.',
    ...note('Work'),
  }),
  MAILBOX_ALLOWED_PRIVATE_HOSTS: z
    .string()
    .transform(list)
    .prefault('')
    .meta({
      description:
        'Mail servers that may have a private address, comma separated, written as in the mailbox; `host:port` at that port alone.',
      ...note('Work', { shownDefault: 'none' }),
    }),
  WEBHOOK_ALLOWED_PRIVATE_HOSTS: z
    .string()
    .transform(list)
    .prefault('')
    .meta({
      description:
        'Hosts of webhooks that may have a private address and may be asked without TLS, comma separated, written as in the URL; `host:port` at that port alone.',
      ...note('Work', { shownDefault: 'none' }),
    }),
  SWEEP_INTERVAL_SECONDS: whole(0, 86_400, 300).meta({
    description:
      "How often a shop's orders are compared with the mall's own list (突合). 0: never, orders are found by their mails alone.",
    ...note('Work'),
  }),
  PII_RETENTION_DAYS: whole(1, 3650, 30).meta({
    description: `Days after which personal data of an order that was shipped, completed or cancelled is removed; of mails and site changes by their own time. Malls refuse more than they allow: ${allowedDays}.`,
    ...note('Work'),
  }),
  PII_RETENTION_DAYS_OF_MALLS: daysOfMalls.meta({
    description: 'The same for single malls: `mall=days`, comma separated.',
    ...note('Work', { shownDefault: 'none' }),
  }),
  PII_OPEN_DAYS: whole(1, 3650, 90).meta({
    description:
      'Days after which an order loses its personal data that was handed over and never came to an end: after its pull, its day of shipping or the end of its last hold, whichever comes last. The tenant is told two weeks before.',
    ...note('Work'),
  }),
  PII_UNPULLED_DAYS: whole(8, 3650, 90).meta({
    description:
      'Days after which an order loses its personal data that nobody took from 自動受注取込, counted in the same way. The tenant is told two weeks before.',
    ...note('Work'),
  }),
}

/** An address, or one with its name: `name=address`. A comma at the end adds no entry. */
const LISTED = /^$|^(?:[\w.-]{1,300}=)?https?:\/\/\S{1,500}$/

function typeOf(setting: MallSetting): z.ZodType<string | number> {
  if (setting.kind === 'hosts') return z.string().trim().prefault('')
  if (setting.kind === 'list')
    return z
      .string()
      .trim()
      .prefault('')
      .refine((list) => list === '' || list.split(',').every((entry) => LISTED.test(entry.trim())), {
        error: 'must be URLs, comma separated, each alone or as name=URL',
      })
  return setting.kind === 'rate' ? rate : mallUrl(setting.byDefault)
}

/** The malls' own, as their facts tell them; by the name of the variable. */
const ofMalls = Object.fromEntries(
  MALL_FACTS.flatMap((mall) => Object.values<MallSetting>(mall.settings)).map((setting) => [
    setting.env,
    typeOf(setting).meta({
      description: setting.description,
      ...note('Malls', setting.kind === 'list' || setting.kind === 'hosts' ? { shownDefault: 'none' } : {}),
    }),
  ]),
)

/** Sign-in at the mail providers. */
const mailboxes = {
  MAIL_CA: authorities.optional().meta({
    description:
      'Certificates (PEM) of authorities that mail servers are trusted by, of mailboxes and of SMTP_URL, beside those that Node.js knows (`NODE_EXTRA_CA_CERTS` among them). Nothing else trusts them. Usually a file: `MAIL_CA_FILE`.',
    ...note('Mailboxes', { shownDefault: 'none beside', secret: true }),
  }),
  MICROSOFT_AUTH_URL: mallUrl('https://login.microsoftonline.com').meta({
    description: 'Microsoft’s sign-in for mailboxes: what stands before `/{tenant}/oauth2/v2.0`.',
    ...note('Mailboxes'),
  }),
  MICROSOFT_CLIENT_ID: z
    .string()
    .trim()
    .optional()
    .meta({
      description:
        'The operator’s own application at Microsoft, for mailboxes that bring none. With `<PUBLIC_URL>/oauth/mailbox/callback` as its redirect URI.',
      ...note('Mailboxes', { shownDefault: 'each mailbox brings its own' }),
    }),
  MICROSOFT_CLIENT_SECRET: z
    .string()
    .trim()
    .optional()
    .meta({
      description: 'Its secret.',
      ...note('Mailboxes', { shownDefault: 'none', secret: true }),
    }),
  GOOGLE_CONSENT_URL: mallUrl('https://accounts.google.com').meta({
    description: 'Google’s consent page for mailboxes: what stands before `/o/oauth2/v2/auth`.',
    ...note('Mailboxes'),
  }),
  GOOGLE_TOKEN_URL: mallUrl('https://oauth2.googleapis.com').meta({
    description: 'Google’s tokens for mailboxes: what stands before `/token`.',
    ...note('Mailboxes'),
  }),
  GOOGLE_CLIENT_ID: z
    .string()
    .trim()
    .optional()
    .meta({
      description:
        'The operator’s own application at Google, for mailboxes that bring none. With `<PUBLIC_URL>/oauth/mailbox/callback` as its redirect URI.',
      ...note('Mailboxes', { shownDefault: 'each mailbox brings its own' }),
    }),
  GOOGLE_CLIENT_SECRET: z
    .string()
    .trim()
    .optional()
    .meta({
      description: 'Its secret.',
      ...note('Mailboxes', { shownDefault: 'none', secret: true }),
    }),
}

/** Outgoing mail for notices. */
const notices = {
  SMTP_URL: urlOf(['smtp', 'smtps'])
    .optional()
    .meta({
      description:
        'Mail server for notices (通知) of keys and consents that end: `smtp://user:password@host:587`, `smtps://…:465`. Not set: notices stand in `GET /v1/notices` alone.',
      ...note('Notices', { shownDefault: 'no mails', secret: true }),
    }),
  SMTP_OAUTH: z
    .string()
    .trim()
    .startsWith('{', { error: 'must be JSON like the auth of a mailbox' })
    .optional()
    .meta({
      description:
        'How SMTP_URL’s user signs in by OAuth instead of by a password: JSON like `auth` of a mailbox, e.g. `{"kind":"microsoft_application","tenant":"…","clientId":"…","clientSecret":"…"}`; kinds with consent take a `refreshToken` beside.',
      ...note('Notices', { shownDefault: 'the password of SMTP_URL', secret: true }),
    }),
  SMTP_FROM: mailAddress.optional().meta({
    description: 'Sender of notices: an address, or `Name <address>`.',
    ...note('Notices', {
      shownDefault: 'the user of SMTP_URL if that is an address, else `torikomi@` its host',
    }),
  }),
}

/** Single sign-on of people. */
const people = {
  OIDC_ISSUER: urlOf(['https', 'http'])
    .optional()
    .meta({
      description:
        'Identity provider for single sign-on (OpenID Connect), as its discovery document names it: `https://accounts.google.com`, `https://login.microsoftonline.com/<tenant>/v2.0`. Needs PUBLIC_URL; `<PUBLIC_URL>/v1/session/oidc/callback` must be registered there.',
      ...note('People', { shownDefault: 'no single sign-on' }),
    }),
  OIDC_CLIENT_ID: z
    .string()
    .optional()
    .meta({ description: 'Client id at the provider.', ...note('People') }),
  OIDC_CLIENT_SECRET: z
    .string()
    .optional()
    .meta({ description: 'Client secret at the provider.', ...note('People', { secret: true }) }),
  OIDC_LABEL: z
    .string()
    .max(50)
    .prefault('シングルサインオン')
    .meta({ description: 'What the button of the sign-in page says.', ...note('People') }),
  APPLICATIONS_ENABLED: z
    .enum(['yes', 'no'])
    .prefault('yes')
    .meta({
      description:
        '`no`: the sign-in page offers no 申し込み, and `POST /v1/applications` refuses. For an installation whose tenants the operator makes.',
      ...note('People'),
    }),
}

export const OwnSettings = z.object({
  ...service,
  ...storage,
  ...secrets,
  ...work,
  ...mailboxes,
  ...notices,
  ...people,
})
export const MallSettings = z.object(ofMalls)

/** Every setting, in the order of docs/settings.md, which is made from the descriptions here. */
export const SETTINGS: Readonly<Record<string, z.ZodType>> = {
  ...service,
  ...storage,
  ...secrets,
  ...work,
  ...ofMalls,
  ...mailboxes,
  ...notices,
  ...people,
}

export type OwnSettings = z.infer<typeof OwnSettings>

/** Behind the name of a secret: the setting that names a file which holds it. */
export const FILE_SUFFIX = '_FILE'
export const SECRETS = Object.entries(SETTINGS)
  .filter(([, schema]) => factsOf(schema.meta()).secret === true)
  .map(([name]) => name)
