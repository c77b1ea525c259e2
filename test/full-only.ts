/**
 * Files that `npm test` leaves to `npm run test:full`: what starts whole processes, browsers, standbys and
 * simulated disks, and each file of more than 15 s. A path on the command line runs its files either way.
 */
export const FULL_ONLY = [
  'test/e2e/**',
  'test/browser/{board,consent,first-hour,layout,morning,other-browsers,owners,papers,passkeys,people,printed,rehearsal,sixty,why,work-kept}.test.ts',
  'test/house/alerts.test.ts',
  'test/unit/rolling-update.test.ts',
  'test/integration/events/changes.test.ts',
  'test/integration/http/{contract,docs-page,events,http-isolation,queue-board}.test.ts',
  'test/integration/imports/{backlog-quota,failures}.test.ts',
  'test/integration/listener/{courier,cyrus,faults,huge-mail,mailutils,matrix,oauth,refusals,sandbox}.test.ts',
  'test/integration/mail/flood.test.ts',
  'test/integration/malls/{connector,shopify}.test.ts',
  'test/integration/notifications/order-change.test.ts',
  'test/integration/ops/**',
  'test/integration/orders/{hand-over-paths,lists-of-years,pull}.test.ts',
  'test/integration/platform/{app,database-away,embedded,full-disk,hosts,migrations,migrations-drift,patroni,plans,queue,queue-failover,redis-sentinel,rolling-restart,service-login,standby,start-waiting,upgrades}.test.ts',
  'test/integration/reconciliation/{sweep,sweep-differences,sweep-open,sweep-outage,sweep-shifting-pages,sweep-truth}.test.ts',
  'test/integration/shops/{consent,mailbox-consent-browser,one-refresh,renewals}.test.ts',
  'test/integration/why/malls.test.ts',
  'test/integration/site-changes/{cancelled-not-shipped,cells,changes,guard-malls,lost-calls,mall-words,malls,property,routes,waits-for-mall}.test.ts',
  'test/integration/staff/{audit,doors-model,makers,oidc,people,roles,sessions}.test.ts',
]

/** Files that take longest, of each group in this order: a run begins with them. */
export const LONG = [
  'test/life/{life,kept}.test.ts',
  'test/e2e/client-check.test.ts',
  'test/integration/{ops/alert-rates,staff/doors-model,site-changes/property,listener/oauth}.test.ts',
  'test/e2e/{bench,start-stop}.test.ts',
  'test/integration/imports/backlog-quota.test.ts',
  'test/integration/reconciliation/{sweep-outage,sweep-shifting-pages}.test.ts',
  'test/integration/site-changes/cancelled-not-shipped.test.ts',
  'test/browser/why.test.ts',
  'test/browser/{board,papers,morning,work-kept,owners,printed,layout,other-browsers}.test.ts',
  'test/browser/first-hour.test.ts',
  'test/integration/{marks/marks,listener/dovecot,webhooks/webhooks,http/principals,http/fair-shares}.test.ts',
  'test/malls/aupay/{lists,conformance}.test.ts',
]

/** Integration tests that replace modules or methods of packages: each has modules of its own. */
export const ISOLATED = [
  'test/integration/malls/fifth-mall.test.ts',
  'test/integration/staff/doors-model.test.ts',
  'test/integration/why/verdicts.test.ts',
  'test/life/*.test.ts',
]
