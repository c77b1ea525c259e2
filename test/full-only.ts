/**
 * Files that `npm test` leaves to `npm run test:full`: what starts whole processes, browsers, standbys and simulated disks, and each
 * file of more than 15 s. A path on the command line runs its files either way.
 */
export const FULL_ONLY = [
  'test/e2e/**',
  'test/browser/{owners,papers,people,why,work-kept}.test.ts',
  'test/house/alerts.test.ts',
  'test/integration/events/changes.test.ts',
  'test/integration/http/{contract,events,http-isolation}.test.ts',
  'test/integration/imports/failures.test.ts',
  'test/integration/listener/{faults,oauth}.test.ts',
  'test/integration/notifications/order-change.test.ts',
  'test/integration/ops/**',
  'test/integration/orders/{lists-of-years,pull}.test.ts',
  'test/integration/platform/{app,database-away,full-disk,migrations,plans,queue,queue-failover,rolling-restart,service-login,standby,upgrades}.test.ts',
  'test/integration/reconciliation/{sweep,sweep-differences,sweep-open,sweep-truth}.test.ts',
  'test/integration/shops/{consent,mailbox-consent-browser,renewals}.test.ts',
  'test/integration/why/malls.test.ts',
  'test/integration/site-changes/{cells,changes,lost-calls,mall-words,property,routes}.test.ts',
  'test/integration/staff/{audit,oidc,people,roles,sessions}.test.ts',
]
