import type { Config } from '../config/load.ts'
import { createEventRoutes } from '../events/routes.ts'
import type { Routes } from '../http/app-types.ts'
import type { Authenticate } from '../http/auth.ts'
import { createImportRoutes } from '../imports/routes.ts'
import { readMailboxGauges } from '../mail/gauges.ts'
import { createListener } from '../mail/listener/index.ts'
import { DEFAULT_TIMING, type ListenerTiming } from '../mail/listener/timing.ts'
import { recogniseRoute } from '../mail/recognise-route.ts'
import { mailRoutes } from '../mail/routes.ts'
import { createMailboxTester } from '../mail/test-mailbox.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { createNotices, type Notices } from '../notices/index.ts'
import { noticeRoutes } from '../notices/routes.ts'
import { createDeskRoutes } from '../orders/desk/routes.ts'
import { createRetention } from '../orders/retention.ts'
import { createOrderRoutes } from '../orders/routes.ts'
import { createSearchBackfill } from '../orders/store/search-backfill.ts'
import { type AddressRules, assertPublicHost } from '../platform/http/address-guard.ts'
import type { Metrics } from '../platform/metrics.ts'
import { createSweeps, readSweepGauges } from '../reconciliation/reconciliation-job.ts'
import { consentCallback, consentRoutes } from '../shops/credentials/consent-routes.ts'
import { credentialCalendarRoutes } from '../shops/credentials/credential-calendar-routes.ts'
import { createTokenStores } from '../shops/credentials/tokens.ts'
import { shopsArea } from '../shops/routes.ts'
import { createShopSessions } from '../shops/shops/sessions.ts'
import { createAuthenticator } from '../shops/tenants/authenticate.ts'
import { readChangeGauges } from '../site-changes/gauges.ts'
import { createOnImport } from '../site-changes/requests/on-import.ts'
import { createChangeRoutes } from '../site-changes/routes.ts'
import { createChangeWork } from '../site-changes/site-change-job.ts'
import { createTicker, type Ticker } from '../worker/scheduler.ts'
import { createFetchWorker, type FetchWorker } from '../worker/shop-worker.ts'
import { createWakeLater } from '../worker/wake-later.ts'
import type { Resources } from './resources.ts'

export interface Areas {
  authenticate: Authenticate
  clientRoutes: Routes[]
  operatorRoutes: Routes[]
  /** Without a key: where a mall sends a browser back to. */
  publicRoutes: Routes[]
  fetchWorker: FetchWorker
  ticker: Ticker
  notices: Notices
  /** Numbers that are read for a scrape. */
  readGauges(): Promise<void>
  /** Starts to listen to mailboxes; the answer stops it again. */
  listen(): (timeoutMs: number) => Promise<void>
}

export interface MailSettings {
  timing?: Partial<ListenerTiming>
  /** Certificates (PEM) to trust instead of the system's. */
  ca?: string
}

export interface AreaTools extends Resources {
  config: Config
  marketplaces: Marketplaces
  metrics: Metrics
  mail: MailSettings
}

/** Makes the areas known to each other; nothing runs yet. */
export function createAreas(tools: AreaTools): Areas {
  const { config, clock, log, wakeQueue, newId, database, operatorKey } = tools
  const { db, pool } = database
  // One name for one start of one process: it tells leases apart.
  const owner = newId()
  const shared = { ...tools, db, pool, owner }
  const sessions = createShopSessions({ ...shared, tokens: createTokenStores(shared) })
  const authenticator = createAuthenticator({ db, clock, log, operatorKey })
  const addressRules: AddressRules = { allow: config.mailboxAllowedPrivateHosts }
  const mailTools = {
    hostGuard: (host: string) => assertPublicHost(host, addressRules),
    timing: { ...DEFAULT_TIMING, ...tools.mail.timing },
    ...(tools.mail.ca === undefined ? {} : { ca: tools.mail.ca }),
  }
  const wakeLater = createWakeLater(shared)
  const changes = createChangeWork({ ...shared, wakeLater })
  const sweeps = config.sweepIntervalSeconds > 0 ? sweepsOf(shared) : {}
  const listener = listening(() => createListener({ ...shared, ...mailTools }))
  const shops = shopsArea({
    ...{ ...shared, sessions, authenticator, addressRules },
    testMailbox: createMailboxTester(mailTools),
    onShopChanged: (shopId) => wakeQueue.wake([shopId]),
    onMailboxChanged: listener.refresh,
    readQueues: async () => ({ wake: await wakeQueue.counts() }),
  })
  const consents = {
    ...shared,
    publicUrl: config.publicUrl,
    onShopChanged: (shopId: string) => wakeQueue.wake([shopId]),
    onMailboxChanged: listener.refresh,
  }
  return {
    authenticate: authenticator.authenticate,
    clientRoutes: [
      createOrderRoutes(shared),
      createDeskRoutes(shared),
      createEventRoutes(shared),
      createImportRoutes(shared),
      createChangeRoutes(shared),
      ...shops.clientRoutes,
      consentRoutes(consents),
      credentialCalendarRoutes(consents),
      noticeRoutes(shared),
      recogniseRoute(shared),
    ],
    operatorRoutes: [...shops.operatorRoutes, mailRoutes(shared)],
    publicRoutes: [consentCallback(consents)],
    fetchWorker: createFetchWorker({
      ...{ ...shared, sessions, wakeLater },
      ...sweeps,
      more: changes,
      onStaged: createOnImport(shared),
    }),
    ticker: createTicker({
      ...shared,
      wakeLater,
      ...sweeps,
      more: changes,
      retention: createRetention({ db, pool, clock, log, retentionDays: config.piiRetentionDays }),
      upkeep: createSearchBackfill(shared),
    }),
    notices: createNotices({ ...shared, sessions, smtp: config.smtp }),
    readGauges: async () =>
      void (await Promise.all([
        readChangeGauges(shared),
        readSweepGauges(shared),
        readMailboxGauges(shared),
      ])),
    listen: listener.listen,
  }
}

const sweepsOf = (tools: Omit<Parameters<typeof createSweeps>[0], 'intervalMs'> & { config: Config }) => ({
  sweeps: createSweeps({ ...tools, intervalMs: tools.config.sweepIntervalSeconds * 1_000 }),
})

/** A listener that takes mailboxes when it is looked at, so in a process of another role it is not even made. */
function listening(create: () => ReturnType<typeof createListener>) {
  let running: ReturnType<typeof createListener> | null = null
  return {
    /** Settings of a mailbox changed. Other processes see it at their next look. */
    refresh(): void {
      void running?.refresh()
    },
    listen() {
      const started = create()
      started.start()
      running = started
      return (timeoutMs: number) => {
        running = null
        return started.stop(timeoutMs)
      }
    },
  }
}
