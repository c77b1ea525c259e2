import type { Config } from '../config/load.ts'
import { createEventRoutes } from '../events/routes.ts'
import { listenForEvents } from '../events/wake.ts'
import type { Routes } from '../http/app-types.ts'
import type { Authenticate, OpenSession, WrongKey } from '../http/auth.ts'
import { boardPage } from '../http/board-page.ts'
import type { ScopeCheck, ViewRecorder } from '../http/server.ts'
import { createImportJob } from '../imports/import-job.ts'
import { createPeriodJob } from '../imports/period/period-job.ts'
import { createImportRoutes, createReimportRoutes } from '../imports/routes.ts'
import { labelRoutes } from '../labels/routes.ts'
import { readMailboxGauges } from '../mail/gauges.ts'
import { createListener } from '../mail/listener/index.ts'
import { DEFAULT_TIMING, type ListenerTiming } from '../mail/listener/timing.ts'
import { recogniseRoute } from '../mail/recognise-route.ts'
import type { MailJudge } from '../mail/recognition/judge.ts'
import { createJudgeThreads } from '../mail/recognition/judge-threads.ts'
import { mailRoutes } from '../mail/routes.ts'
import { createMailboxTester } from '../mail/test-mailbox.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import { createNotices, type Notices } from '../notices/index.ts'
import { createMailer } from '../notices/mailer.ts'
import { noticeRoutes } from '../notices/routes.ts'
import { readBoard } from '../orders/board.ts'
import { createDeskRoutes } from '../orders/desk/routes.ts'
import { exportRoutes } from '../orders/export-csv.ts'
import { createRetention } from '../orders/retention.ts'
import { createOrderRoutes } from '../orders/routes.ts'
import { createSearchBackfill } from '../orders/store/search-backfill.ts'
import { type AddressRules, assertPublicHost } from '../platform/http/address-guard.ts'
import type { Metrics } from '../platform/metrics.ts'
import { createReconciliationJob, readSweepGauges } from '../reconciliation/reconciliation-job.ts'
import { createReconciliationRoutes } from '../reconciliation/routes.ts'
import { credentialCalendarRoutes } from '../shops/calendar/routes.ts'
import { consentCallback, consentRoutes } from '../shops/consents/routes.ts'
import { createTokenStores } from '../shops/credentials/tokens.ts'
import type { PerTenant } from '../shops/room-for.ts'
import { shopsArea } from '../shops/routes.ts'
import { createShopSessions } from '../shops/shops/sessions.ts'
import { createAuthenticator } from '../shops/tenants/authenticate.ts'
import { createScopeCheck } from '../shops/tenants/shop-scope.ts'
import { createOnImport } from '../site-changes/requests/on-import.ts'
import { createChangeRoutes } from '../site-changes/routes.ts'
import { createSiteChangeJob, readChangeGauges } from '../site-changes/site-change-job.ts'
import type { SendMail } from '../staff/accounts.ts'
import { staffArea } from '../staff/index.ts'
import { createViewRecorder } from '../staff/views.ts'
import { createWebhooks, type Webhooks } from '../webhooks/index.ts'
import { webhookRoutes } from '../webhooks/routes.ts'
import { createScheduler, type Scheduler } from '../worker/scheduler.ts'
import type { ShopJob } from '../worker/shop-job.ts'
import { createShopWorker, type ShopWorker } from '../worker/shop-worker.ts'
import { createWakeLater } from '../worker/wake-later.ts'
import type { Resources } from './resources.ts'
import { createShipRequests } from './ship-requests.ts'

export interface Areas {
  authenticate: Authenticate
  openSession: OpenSession
  wrongKey: WrongKey
  recordView: ViewRecorder
  checkScope: ScopeCheck
  clientRoutes: Routes[]
  operatorRoutes: Routes[]
  /** Without a key: where a mall sends a browser back to. */
  publicRoutes: Routes[]
  shopWorker: ShopWorker
  scheduler: Scheduler
  notices: Notices
  webhooks: Webhooks
  /** Numbers that are read for a scrape. */
  readGauges(): Promise<void>
  /** Starts to listen to mailboxes; the answer stops it again. */
  listen(): (timeoutMs: number) => Promise<void>
}

export interface MailSettings {
  timing?: Partial<ListenerTiming>
  /** Certificates (PEM) to trust instead of the system's. */
  ca?: string
  /** Reads mails instead of threads, which know the malls of marketplaces/index.ts alone. */
  judge?: MailJudge
}

export interface AreaTools extends Resources {
  config: Config
  marketplaces: Marketplaces
  metrics: Metrics
  mail: MailSettings
  /** Instead of SMTP, for tests. */
  sendMail?: SendMail
  /** Instead of the settings, for tests. */
  perTenant?: PerTenant
  /** The demo's tenant, to which anybody may sign in. */
  demoTenant?: (() => string | null) | undefined
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
  const staff = staffArea({
    ...{ ...shared, publicUrl: config.publicUrl, demoTenant: tools.demoTenant ?? null, oidc: config.oidc },
    onTenantChanged: async () => {
      authenticator.forget()
      await listener.refresh()
    },
    sendMail: tools.sendMail ?? (config.smtp && createMailer(config.smtp).send),
  })
  const threads = tools.mail.judge ? null : createJudgeThreads()
  const judge = tools.mail.judge ?? (threads as MailJudge)
  const wakeLater = createWakeLater(shared)
  const sweepMs = config.sweepIntervalSeconds * 1_000
  /** All that is done in a shop's turn, most urgent first. */
  const jobs: readonly ShopJob[] = [
    createImportJob({ ...shared, onStaged: createOnImport(shared) }),
    createPeriodJob(shared),
    ...(sweepMs > 0 ? [createReconciliationJob({ ...shared, intervalMs: sweepMs })] : []),
    createSiteChangeJob({ ...shared, wakeLater }),
  ]
  const listener = listening(() => {
    threads?.warmUp()
    return createListener({ ...shared, ...mailTools, judge })
  })
  const shops = shopsArea({
    ...{ ...shared, sessions, authenticator, addressRules, perTenant: tools.perTenant ?? config.perTenant },
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
    openSession: staff.openSession,
    wrongKey: staff.wrongKey,
    recordView: createViewRecorder(shared),
    checkScope: createScopeCheck(pool),
    clientRoutes: [
      ...staff.clientRoutes,
      createOrderRoutes(shared),
      exportRoutes(shared),
      createDeskRoutes(shared),
      createReimportRoutes(shared),
      createEventRoutes({
        ...shared,
        readBoard: (tenantId) => readBoard(shared, tenantId),
        authenticate: authenticator.authenticate,
        openSession: staff.openSession,
        streams: config.eventStreams,
      }),
      createImportRoutes(shared),
      createReconciliationRoutes(shared),
      createChangeRoutes(shared),
      labelRoutes({ ...shared, ships: createShipRequests(shared) }),
      ...shops.clientRoutes,
      consentRoutes(consents),
      credentialCalendarRoutes(consents),
      noticeRoutes(shared),
      webhookRoutes({ ...shared, webhookHosts: { allow: config.webhookAllowedPrivateHosts } }),
      recogniseRoute({ pool, judge }),
    ],
    operatorRoutes: [...shops.operatorRoutes, ...staff.operatorRoutes, mailRoutes(shared)],
    publicRoutes: [consentCallback(consents), boardPage(shared), ...staff.publicRoutes],
    shopWorker: createShopWorker({ ...shared, sessions, wakeLater, jobs }),
    scheduler: createScheduler({
      ...{ ...shared, wakeLater, jobs },
      tasks: [
        // What an older release left undone; over when it has been done once.
        { name: 'search backfill', run: createSearchBackfill(shared).run, ...HOURLY },
        ...staff.tasks,
        {
          name: 'retention',
          run: createRetention({ ...shared, retentionDays: config.piiRetentionDays }).run,
          ...HOURLY,
        },
      ],
    }),
    webhooks: createWebhooks({
      ...shared,
      allowedPrivateHosts: config.webhookAllowedPrivateHosts,
      listen: (onWake) => listenForEvents(pool, log, onWake),
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

/** Not during the busiest moment of a start. */
const HOURLY = { firstMs: 60_000, everyMs: 60 * 60_000 }

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
