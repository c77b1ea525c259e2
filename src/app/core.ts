import type { Config } from '../config/load.ts'
import { createUnknownBook } from '../imports/unknown-fields.ts'
import type { Listener } from '../mail/listener/index.ts'
import { DEFAULT_TIMING, type ListenerTiming } from '../mail/listener/timing.ts'
import type { MailJudge } from '../mail/recognition/judge.ts'
import { createJudgeThreads } from '../mail/recognition/judge-threads.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { createMarker } from '../marks/marker.ts'
import type { QueueAccess } from '../notifications/queue-reader.ts'
import type { createMailedFiles } from '../order-files/mail-files.ts'
import { createStored } from '../order-files/stored.ts'
import { createHeavyReads } from '../platform/db/heavy-reads.ts'
import { acrossTenants, afterCommit } from '../platform/db/tenant-scope.ts'
import { type AddressRules, assertPublicHost } from '../platform/http/address-guard.ts'
import { createHttpClient } from '../platform/http/undici-client.ts'
import type { Metrics } from '../platform/metrics.ts'
import { present } from '../platform/narrow.ts'
import { createTokenStores } from '../shops/credentials/tokens.ts'
import { createMailboxAccess } from '../shops/mailboxes/sign-in.ts'
import { createShopSessions } from '../shops/shops/sessions.ts'
import { createAuthenticator } from '../shops/tenants/authenticate.ts'
import { createWrongKey } from '../shops/tenants/door-failures.ts'
import type { PerTenant } from '../shops/tenants/tenants.ts'
import { createEmailOf, type SendMail } from '../staff/accounts.ts'
import type { Resources } from './resources.ts'

export interface MailSettings {
  timing?: Partial<ListenerTiming>
  /** Certificates (PEM) to trust instead of the system's. */
  ca?: string
  /** Reads mails instead of threads, which know the malls of marketplaces/mails.ts alone. */
  judge?: MailJudge
}

export interface AreaTools extends Resources {
  config: Config
  /** Instead of those of the settings, for tests. */
  marketplaces?: Marketplaces
  metrics: Metrics
  mail: MailSettings
  /** Access to queues of notifications, instead of the AWS SDK's own way. */
  sqs?: QueueAccess
  /** Instead of SMTP, for tests. */
  sendMail?: SendMail
  /** Instead of the settings, for tests. */
  perTenant?: PerTenant
  /** The demo's tenant, to which anybody may sign in. */
  demoTenant?: (() => string | null) | undefined
}

export type Core = ReturnType<typeof createCore>

/**
 * Creates the parts that the areas of every role share. Keep its imports light: each process pays for them.
 * @param marketplaces none where no mall is called
 */
export function createCore(given: AreaTools, marketplaces: Marketplaces) {
  const tools = { ...given, marketplaces }
  const { config, clock, log, newId, database, operatorKey } = tools
  const { db, pool } = database
  // One name for one start of one process: it tells leases apart.
  const owner = newId()
  const marker = createMarker({ ...tools, pool })
  const unknowns = createUnknownBook({ ...tools, pool })
  const shared = { ...tools, db, pool, owner, marker, unknowns, heavyReads: createHeavyReads() }
  const authenticator = createAuthenticator({ db, clock, log, operatorKey })
  const addressRules: AddressRules = { allow: config.mailboxAllowedPrivateHosts }
  const oauth = { ...shared, mailOAuth: config.mailOAuth, publicUrl: config.publicUrl }
  const threads = tools.mail.judge ? null : createJudgeThreads()
  return {
    shared,
    authenticator,
    addressRules,
    oauth,
    sessions: createShopSessions({
      ...shared,
      tokens: createTokenStores(shared),
      stored: createStored({ ...tools, pool }),
    }),
    wrongKey: createWrongKey(shared),
    listener: createLateListener(),
    storeFiles: (async (...files) =>
      (await import('../order-files/mail-files.ts')).createMailedFiles(tools)(...files)) satisfies ReturnType<
      typeof createMailedFiles
    >,
    judge: tools.mail.judge ?? present(threads),
    warmUpJudge: () => threads?.warmUp(),
    mailTools: {
      access: createMailboxAccess(oauth),
      hostGuard: (host: string, port: number) => assertPublicHost(host, addressRules, port),
      timing: { ...DEFAULT_TIMING, ...tools.mail.timing },
      ca: tools.mail.ca ?? config.mailCa ?? undefined,
    },
  }
}

/** Its keys, sessions and mailboxes are looked at anew. */
export async function tenantChanged({ authenticator, listener }: Core): Promise<void> {
  authenticator.forget()
  await listener.refresh()
}

interface LateListener {
  /** Settings of a mailbox changed. Other processes see it at their next look. */
  refresh(): void
  /** Starts it; the answer stops it again. */
  start(listener: Listener): (timeoutMs: number) => Promise<void>
}

/** A listener takes mailboxes when used, so it is absent before it starts and in processes of other roles. */
function createLateListener(): LateListener {
  let running: Listener | null = null
  return {
    refresh: () =>
      void afterCommit(() =>
        acrossTenants('it takes mailboxes of all tenants', () => void running?.refresh()),
      ),
    start(listener) {
      listener.start()
      running = listener
      return (timeoutMs) => {
        running = null
        return listener.stop(timeoutMs)
      }
    },
  }
}

export type Messages = Awaited<ReturnType<typeof createMessages>>

/** Ways out to people: the operator's mail server, and the tenants' channels. */
export async function createMessages({ shared, oauth }: Core) {
  const { config, sendMail } = shared
  const { smtp } = config
  const mailer = smtp && (await import('../notices/mailer.ts')).createSmtpMailer(oauth, smtp)
  return {
    sendMail: sendMail ?? mailer?.send ?? null,
    channels: {
      ...shared,
      mailer,
      http: createHttpClient({ allowPrivateHosts: config.webhookAllowedPrivateHosts, connectionsPerHost: 2 }),
      channelHosts: { allow: config.webhookAllowedPrivateHosts },
      emailOf: createEmailOf(shared),
    },
  }
}
