import { resolveMx, resolveSrv } from 'node:dns/promises'
import type { Config } from '../config/load.ts'
import { createEventRoutes } from '../events/routes.ts'
import { listenForEvents } from '../events/wake.ts'
import type { Routes } from '../http/app-types.ts'
import type { Authenticate, OpenSession, WrongKey } from '../http/auth.ts'
import { boardPage } from '../http/board-page.ts'
import { queueBoard } from '../http/queue-board.ts'
import type { ScopeCheck, ViewRecorder } from '../http/server.ts'
import { createImportJob } from '../imports/import-job.ts'
import { createPeriodJob } from '../imports/period/period-job.ts'
import { createImportRoutes, createReimportRoutes } from '../imports/routes.ts'
import { triggerRoutes } from '../imports/triggers.ts'
import { createUnknownBook, unknownFieldRoutes } from '../imports/unknown-fields.ts'
import { labelRoutes } from '../labels/routes.ts'
import { eraseMails } from '../mail/erase-buyer.ts'
import { readMailboxGauges } from '../mail/gauges.ts'
import { inboundMailRoute } from '../mail/inbound/route.ts'
import { createInboundDoor } from '../mail/inbound/take.ts'
import { createListener } from '../mail/listener/index.ts'
import { DEFAULT_TIMING, type ListenerTiming } from '../mail/listener/timing.ts'
import { recogniseRoute } from '../mail/recognise-route.ts'
import type { MailJudge } from '../mail/recognition/judge.ts'
import { createJudgeThreads } from '../mail/recognition/judge-threads.ts'
import { mailRoutes } from '../mail/routes.ts'
import { createMailboxTester } from '../mail/test-mailbox.ts'
import { MALLS, type Marketplaces } from '../marketplaces/index.ts'
import type { Mall } from '../marketplaces/port/marketplace.ts'
import { createMarker } from '../marks/marker.ts'
import { markRoutes } from '../marks/routes.ts'
import { channelRoutes } from '../notices/channels/routes.ts'
import { createNotices, type Notices } from '../notices/index.ts'
import { noticeRoutes } from '../notices/routes.ts'
import { createSmtpMailer } from '../notices/smtp-access.ts'
import { erasePoison } from '../notifications/erase-buyer.ts'
import { createPushDoor } from '../notifications/push.ts'
import { pushRoute } from '../notifications/push-route.ts'
import { createQueueReader, type QueueAccess, type QueueReader } from '../notifications/queue-reader.ts'
import { forgetNotifications, notificationAdminRoutes, notificationRoutes } from '../notifications/routes.ts'
import { foldCounts, readBoard } from '../orders/board.ts'
import { createDeskRoutes } from '../orders/desk/routes.ts'
import { erasureRoutes, operatorErasureRoutes } from '../orders/erasure-routes.ts'
import { exportRoutes } from '../orders/export-csv.ts'
import { fillItemSearch } from '../orders/item-search.ts'
import { createRetention } from '../orders/retention.ts'
import { createOrderRoutes } from '../orders/routes.ts'
import { savedViewRoutes } from '../orders/saved-views.ts'
import { createSearchBackfill, createTrackingBackfill } from '../orders/store/order-backfill.ts'
import { acrossTenants } from '../platform/db/tenant-scope.ts'
import { type AddressRules, assertPublicHost } from '../platform/http/address-guard.ts'
import { createHttpClient } from '../platform/http/undici-client.ts'
import type { Metrics } from '../platform/metrics.ts'
import { createReconciliationJob, readSweepGauges } from '../reconciliation/reconciliation-job.ts'
import { createReconciliationRoutes } from '../reconciliation/routes.ts'
import { readCredentialGauges } from '../shops/calendar/gauges.ts'
import { credentialCalendarRoutes } from '../shops/calendar/routes.ts'
import { consentCallback, consentRoutes } from '../shops/consents/routes.ts'
import { createTokenStores } from '../shops/credentials/tokens.ts'
import { mailboxConsentCallback } from '../shops/mailboxes/mailbox-routes.ts'
import { createMailboxAccess } from '../shops/mailboxes/oauth/access.ts'
import type { PerTenant } from '../shops/room-for.ts'
import { shopsArea } from '../shops/routes.ts'
import { pushSecretRoutes } from '../shops/shops/push-secret.ts'
import { createShopSessions } from '../shops/shops/sessions.ts'
import { createAuthenticator } from '../shops/tenants/authenticate.ts'
import { createScopeCheck } from '../shops/tenants/shop-scope.ts'
import { createOnImport, createOnReleased } from '../site-changes/requests/on-import.ts'
import { createChangeRoutes } from '../site-changes/routes.ts'
import { createSiteChangeJob, readChangeGauges } from '../site-changes/site-change-job.ts'
import { createEmailOf, type SendMail } from '../staff/accounts.ts'
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
  /** The queue's own page, for operators. */
  queueBoard: Routes
  shopWorker: ShopWorker
  scheduler: Scheduler
  queueReader: QueueReader
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
  /** How the queues of notifications are reached, instead of the AWS SDK's own way. */
  sqs?: QueueAccess
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
  const marker = createMarker({ ...tools, pool })
  const unknowns = createUnknownBook({ ...tools, pool })
  const shared = { ...tools, db, pool, owner, marker, unknowns }
  const onReleased = createOnReleased(shared)
  const sessions = createShopSessions({ ...shared, tokens: createTokenStores(shared) })
  const authenticator = createAuthenticator({ db, clock, log, operatorKey })
  const addressRules: AddressRules = { allow: config.mailboxAllowedPrivateHosts }
  const oauth = { ...shared, mailOAuth: config.mailOAuth, publicUrl: config.publicUrl }
  const mailTools = {
    access: createMailboxAccess(oauth),
    hostGuard: (host: string, port: number) => assertPublicHost(host, addressRules, port),
    timing: { ...DEFAULT_TIMING, ...tools.mail.timing },
    ...(tools.mail.ca === undefined ? {} : { ca: tools.mail.ca }),
  }
  const mailer = config.smtp && createSmtpMailer(oauth, config.smtp)
  const channels = {
    ...shared,
    mailer,
    http: createHttpClient({ allowPrivateHosts: config.webhookAllowedPrivateHosts, connectionsPerHost: 2 }),
    channelHosts: { allow: config.webhookAllowedPrivateHosts },
    emailOf: createEmailOf(shared),
  }
  const staff = staffArea({
    ...{ ...shared, publicUrl: config.publicUrl, demoTenant: tools.demoTenant ?? null, oidc: config.oidc },
    onTenantChanged: async () => {
      authenticator.forget()
      await listener.refresh()
    },
    sendMail: tools.sendMail ?? mailer?.send ?? null,
  })
  const threads = tools.mail.judge ? null : createJudgeThreads()
  const judge = tools.mail.judge ?? (threads as MailJudge)
  const wakeLater = createWakeLater(shared)
  const sweepMs = config.sweepIntervalSeconds * 1_000
  /** All that is done in a shop's turn, most urgent first. */
  const jobs: readonly ShopJob[] = [
    createImportJob({
      ...{ ...shared, wakeLater },
      onStaged: createOnImport(shared),
      onReleased,
    }),
    createPeriodJob(shared),
    ...(sweepMs > 0 ? [createReconciliationJob({ ...shared, intervalMs: sweepMs, onReleased })] : []),
    createSiteChangeJob({ ...shared, wakeLater, onReleased }),
  ]
  const listener = listening(() => {
    threads?.warmUp()
    return createListener({ ...shared, ...mailTools, judge })
  })
  const perTenant = tools.perTenant ?? config.perTenant
  const shops = shopsArea({
    ...{ ...oauth, sessions, authenticator, addressRules, dns: systemDns },
    perTenant,
    testMailbox: createMailboxTester(mailTools),
    onShopChanged: (shopId) => wakeQueue.wake([shopId]),
    onMailboxChanged: listener.refresh,
    readQueues: async () => ({ wake: await wakeQueue.counts() }),
  })
  const erasure = { ...shared, elsewhere: [eraseMails(shared), erasePoison(shared)] }
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
      triggerRoutes(shared),
      pushSecretRoutes(shared),
      notificationRoutes({ ...shared, sessions }),
      createReconciliationRoutes(shared),
      createChangeRoutes(shared),
      labelRoutes({ ...shared, ships: createShipRequests(shared) }),
      ...shops.clientRoutes,
      consentRoutes(consents),
      credentialCalendarRoutes(consents),
      noticeRoutes(shared),
      channelRoutes(channels),
      markRoutes(shared),
      savedViewRoutes(shared),
      webhookRoutes({ ...shared, perTenant, webhookHosts: { allow: config.webhookAllowedPrivateHosts } }),
      recogniseRoute({ pool, judge }),
      erasureRoutes(erasure),
    ],
    operatorRoutes: [
      ...shops.operatorRoutes,
      ...staff.operatorRoutes,
      mailRoutes(shared),
      notificationAdminRoutes(shared),
      unknownFieldRoutes(shared),
      operatorErasureRoutes(erasure),
    ],
    publicRoutes: [
      consentCallback(consents),
      boardPage(shared),
      pushRoute(createPushDoor(shared)),
      inboundMailRoute(createInboundDoor({ ...shared, judge })),
      mailboxConsentCallback({ ...oauth, addressRules, onMailboxChanged: listener.refresh }),
      ...staff.publicRoutes,
    ],
    queueBoard: queueBoard(wakeQueue.queue),
    shopWorker: createShopWorker({ ...shared, sessions, wakeLater, jobs }),
    scheduler: createScheduler({
      ...{ ...shared, wakeLater, jobs },
      tasks: [
        // What an older release left undone; over when it has been done once.
        { name: 'search backfill', run: createSearchBackfill(shared).run, ...HOURLY },
        { name: 'item search', run: (signal) => fillItemSearch(shared, signal), ...HOURLY },
        { name: 'tracking backfill', run: createTrackingBackfill(shared).run, ...HOURLY },
        ...staff.tasks,
        { name: 'unknown fields', run: unknowns.save, firstMs: 30_000, everyMs: 60_000 },
        {
          name: 'marks',
          run: marker.tend,
          firstMs: 60_000,
          everyMs: 60_000,
        },
        { name: 'board counts', run: (signal) => foldCounts(pool, signal), firstMs: 5_000, everyMs: 15_000 },
        {
          name: 'retention',
          run: createRetention({ ...shared, ...config.retention, strictMalls: strictMalls() }).run,
          ...HOURLY,
        },
        { name: 'old notifications', run: forgetNotifications(shared), ...HOURLY },
      ],
    }),
    queueReader: createQueueReader({ ...shared, ...(tools.sqs ? { sqs: tools.sqs } : {}) }),
    webhooks: createWebhooks({
      ...shared,
      allowedPrivateHosts: config.webhookAllowedPrivateHosts,
      listen: (onWake) => listenForEvents(pool, log, onWake),
    }),
    notices: createNotices({
      ...{ ...channels, sessions },
      unpulledDays: config.retention.unpulledDays,
    }),
    readGauges: async () =>
      void (await Promise.all([
        readChangeGauges(shared),
        readSweepGauges(shared),
        readMailboxGauges(shared),
        readCredentialGauges(shared),
      ])),
    listen: listener.listen,
  }
}

const systemDns = { srv: resolveSrv, mx: resolveMx }
/** Whose terms know no exception for what still waits. */
const strictMalls = (): ReadonlySet<string> =>
  new Set(
    (MALLS as readonly Mall[]).flatMap((mall) => (mall.personalDataDays === undefined ? [] : [mall.name])),
  )

/** Not during the busiest moment of a start. */
const HOURLY = { firstMs: 60_000, everyMs: 60 * 60_000 }

/** A listener that takes mailboxes when it is looked at, so in a process of another role it is not even made. */
function listening(create: () => ReturnType<typeof createListener>) {
  let running: ReturnType<typeof createListener> | null = null
  return {
    /** Settings of a mailbox changed. Other processes see it at their next look. */
    refresh(): void {
      acrossTenants('it takes mailboxes of all tenants', () => void running?.refresh())
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
