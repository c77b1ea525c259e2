import { resolveMx, resolveSrv } from 'node:dns/promises'
import { readHistory } from '../events/history.ts'
import { createEventRoutes } from '../events/routes.ts'
import { figureRoutes } from '../figures/routes.ts'
import { boardPage } from '../http/board-page.ts'
import { queueBoard } from '../http/queue-board.ts'
import { createImportRoutes, createReimportRoutes, triggerRoutes } from '../imports/routes.ts'
import { unknownFieldRoutes } from '../imports/unknown-fields.ts'
import { healthRoutes } from '../installation/routes.ts'
import { readInstallation } from '../installation/state.ts'
import { labelRoutes } from '../labels/routes.ts'
import type { ShipRequests } from '../labels/tracking.ts'
import { eraseMails } from '../mail/erase-buyer.ts'
import { createInboundDoor, inboundMailRoute } from '../mail/inbound.ts'
import { recogniseRoute } from '../mail/recognise-route.ts'
import { mailRoutes } from '../mail/routes.ts'
import { blockedBuyerRoutes } from '../marks/blocked.ts'
import { markRuleRoutes, readIslands, readMarkLabels } from '../marks/rules.ts'
import { mcpRoutes } from '../mcp/routes.ts'
import { channelRoutes, noticeRoutes } from '../notices/routes.ts'
import { createPushDoor, pushRoute } from '../notifications/push.ts'
import { notificationAdminRoutes, notificationRoutes } from '../notifications/routes.ts'
import { erasePoison } from '../notifications/take.ts'
import { orderFileRoutes } from '../order-files/routes.ts'
import { createBoardReader } from '../orders/board.ts'
import { erasureRoutes, operatorErasureRoutes } from '../orders/erasure.ts'
import { exportRoutes } from '../orders/export-csv.ts'
import { createDeskRoutes, createOrderRoutes } from '../orders/routes.ts'
import { savedViewRoutes } from '../orders/saved-views.ts'
import { packingRoutes } from '../packing/routes.ts'
import { dateNow, systemClock } from '../platform/clock.ts'
import { operatorKeyPath } from '../platform/data-dir.ts'
import { MOST_SPREAD_MS } from '../reconciliation/reconciliation-job.ts'
import { createReconciliationRoutes } from '../reconciliation/routes.ts'
import { rehearsalRoutes } from '../rehearsal/routes.ts'
import { credentialCalendarRoutes } from '../shops/calendar/routes.ts'
import { consentCallback, consentRoutes } from '../shops/consents/routes.ts'
import { mailboxConsentCallback } from '../shops/mailboxes/mailbox-routes.ts'
import { shopsArea } from '../shops/routes.ts'
import { pushSecretRoutes } from '../shops/shops/shop-routes.ts'
import { createIdempotencyStore } from '../shops/tenants/idempotency-keys.ts'
import { createRequestLog, requestLogRoutes } from '../shops/tenants/request-log.ts'
import { createScopeCheck } from '../shops/tenants/shop-scope.ts'
import { hasConfirmFirst } from '../site-changes/requests/parcel-mates.ts'
import {
  decideChanges,
  type RequestDeps,
  requestChanges,
  withDays,
} from '../site-changes/requests/request.ts'
import { createChangeRoutes } from '../site-changes/routes.ts'
import { moveRuleRoutes, readRuleLabels } from '../sorting/routes.ts'
import { staffArea } from '../staff/index.ts'
import { createViewRecorder } from '../staff/views.ts'
import { webhookRoutes } from '../webhooks/routes.ts'
import { whyRoutes } from '../why/routes.ts'
import { createLiveHalf } from '../why/why.ts'
import { countTurns } from '../worker/statements.ts'
import { type Core, type Messages, tenantChanged } from './core.ts'

export type ApiArea = ReturnType<typeof createApiArea>

/** Parts of the role `api`. Public routes take no key, as where a mall sends a browser back to. */
export function createApiArea(core: Core, { sendMail, channels }: Messages) {
  const { shared, authenticator, addressRules, oauth, sessions, listener, judge, mailTools } = core
  const { config, pool, wakeQueue, demoTenant } = shared
  const staff = staffArea({
    ...shared,
    publicUrl: config.publicUrl,
    demoTenant: demoTenant ?? null,
    oidc: config.oidc,
    takesApplications: config.takesApplications,
    onTenantChanged: () => tenantChanged(core),
    operatorKeyIn: config.operatorApiKey === null ? operatorKeyPath(config.dataDir) : 'OPERATOR_API_KEY',
    sendMail,
    onKeyRevoked: authenticator.forget,
  })
  const perTenant = shared.perTenant ?? config.perTenant
  const sweepMs = config.sweepIntervalSeconds * 1_000
  const firstSweepMs = sweepMs > 0 ? Math.min(sweepMs, MOST_SPREAD_MS) : undefined
  const requestLog = createRequestLog(shared)
  const shops = shopsArea({
    ...oauth,
    sessions,
    authenticator,
    addressRules,
    dns: systemDns,
    perTenant,
    outgoingAddresses: config.outgoingAddresses,
    // Loaded by the first test: it brings all that talks to a mail server.
    testMailbox: async (login, signal) =>
      (await import('../mail/test-mailbox.ts')).createMailboxTester(mailTools)(login, signal),
    onShopChanged: (shopId) => wakeQueue.wake([shopId]),
    onMailboxChanged: listener.refresh,
    readQueues: async () => ({
      wake: { ...(await wakeQueue.counts()), active: await countTurns(pool, dateNow(shared.clock)) },
    }),
  })
  const erasure = { ...shared, elsewhere: [eraseMails(shared), erasePoison(shared)] }
  const board = createBoardReader(shared)
  const consents = {
    ...shared,
    publicUrl: config.publicUrl,
    onShopChanged: (shopId: string) => wakeQueue.wake([shopId]),
    onMailboxChanged: listener.refresh,
  }
  return {
    openSession: staff.openSession,
    recordView: createViewRecorder(shared),
    requestLog,
    checkScope: createScopeCheck(pool),
    idempotency: createIdempotencyStore(shared),
    heavyReads: shared.heavyReads,
    clientRoutes: [
      ...staff.clientRoutes,
      createOrderRoutes({
        ...shared,
        board: board.recent,
        noteHistory: () => readHistory(shared),
        readRuleLabels: (tenantId) => readRuleLabels(shared, tenantId),
      }),
      exportRoutes({ ...shared, readMarkLabels: (tenantId) => readMarkLabels(shared, tenantId) }),
      createDeskRoutes(shared),
      createReimportRoutes(shared),
      createEventRoutes({
        ...shared,
        readBoard: board.read,
        authenticate: authenticator.authenticate,
        openSession: staff.openSession,
        streams: config.eventStreams,
      }),
      createImportRoutes(shared),
      triggerRoutes(shared),
      pushSecretRoutes(shared),
      notificationRoutes({ ...shared, sessions }),
      createReconciliationRoutes(shared),
      figureRoutes(shared),
      whyRoutes({ ...shared, judge, firstSweepMs, live: createLiveHalf({ ...shared, sessions }) }),
      createChangeRoutes(shared),
      rehearsalRoutes(shared),
      packingRoutes(shared),
      orderFileRoutes({ ...shared, onShopChanged: (shopId) => wakeQueue.wake([shopId]) }),
      labelRoutes({
        ...shared,
        ships: createShipRequests(shared),
        readIslands: (tenantId) => readIslands(shared, tenantId),
      }),
      ...shops.clientRoutes,
      consentRoutes(consents),
      credentialCalendarRoutes(consents),
      noticeRoutes(shared),
      channelRoutes(channels),
      markRuleRoutes(shared),
      moveRuleRoutes(shared),
      blockedBuyerRoutes(shared),
      savedViewRoutes(shared),
      webhookRoutes({ ...shared, perTenant, webhookHosts: { allow: config.webhookAllowedPrivateHosts } }),
      recogniseRoute({ pool, judge }),
      requestLogRoutes({ pool, requestLog }),
      erasureRoutes(erasure),
    ],
    operatorRoutes: [
      ...shops.operatorRoutes,
      healthRoutes({
        clock: shared.clock,
        readInstallation: () => readInstallation({ ...shared, machineNow: systemClock.now }),
      }),
      ...staff.operatorRoutes,
      mailRoutes(shared),
      notificationAdminRoutes(shared),
      unknownFieldRoutes(shared),
      operatorErasureRoutes(erasure),
    ],
    publicRoutes: [
      consentCallback({ ...consents, openSession: staff.openSession }),
      boardPage(shared),
      pushRoute(createPushDoor(shared)),
      inboundMailRoute(createInboundDoor({ ...shared, judge, storeFiles: core.storeFiles })),
      mailboxConsentCallback({
        ...oauth,
        addressRules,
        onMailboxChanged: listener.refresh,
        openSession: staff.openSession,
      }),
      ...staff.publicRoutes,
    ],
    ...(config.mcp
      ? { mcp: mcpRoutes({ ...shared, publicUrl: config.publicUrl, corsOrigins: config.corsOrigins }) }
      : {}),
    queueBoard: queueBoard(wakeQueue.queue),
  }
}

const systemDns = { srv: resolveSrv, mx: resolveMx }

/** Requests the changes of tracking files as POST /v1/site-changes does: neither room knows the other. */
export const createShipRequests = (deps: RequestDeps): ShipRequests => ({
  async judge(tenantId, changes) {
    const { errors, leaves } = await decideChanges(deps, tenantId, withDays(changes, deps.clock))
    return errors.map((wrong, index) => ({ errors: wrong, left: leaves[index] ?? null }))
  },
  async request(caller, changes) {
    const made = await requestChanges(deps, caller, { changes: [...changes] })
    return made.changes.map(({ id, state }) => ({ changeId: id, state }))
  },
  confirmsFirst: (marketplace) => hasConfirmFirst(deps.marketplaces.get(marketplace)),
  mallCodeOf: (marketplace, carrier) =>
    deps.marketplaces.get(marketplace)?.changes?.carriers.find((one) => one.carrier === carrier)?.mallCode ??
    null,
})
