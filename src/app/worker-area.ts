import { readHistory } from '../events/history.ts'
import { listenForEvents } from '../events/hub.ts'
import { createFigureCounter } from '../figures/counter.ts'
import { createImportJob } from '../imports/import-job.ts'
import { createPeriodJob } from '../imports/period-job.ts'
import { EVERY_MALL } from '../marketplaces/facts.ts'
import { createNotices } from '../notices/index.ts'
import { createQueueReader } from '../notifications/queue-reader.ts'
import { deleteOldNotifications } from '../notifications/take.ts'
import { createFileReader } from '../order-files/reader.ts'
import { createRetention } from '../orders/retention.ts'
import { fillItemSearch, fillOrders } from '../orders/store/order-backfill.ts'
import { createReconciliationJob } from '../reconciliation/reconciliation-job.ts'
import { createOnImport, createOnReleased } from '../site-changes/requests/on-import.ts'
import { createSiteChangeJob } from '../site-changes/site-change-job.ts'
import { createSorter } from '../sorting/sorter.ts'
import { staffTasks } from '../staff/tasks.ts'
import { createWebhooks } from '../webhooks/index.ts'
import { createScheduler, createWakeLater } from '../worker/scheduler.ts'
import { createSeats } from '../worker/seats.ts'
import type { ShopJob } from '../worker/shop-job.ts'
import { createShopWorker } from '../worker/shop-worker.ts'
import { createHeldTurns } from '../worker/turn-lease.ts'
import { type Core, type Messages, tenantChanged } from './core.ts'

export type WorkerArea = ReturnType<typeof createWorkerArea>

export function createWorkerArea(core: Core, { channels }: Messages) {
  const { shared, sessions } = core
  const { config, pool, log, marker, unknowns, sqs } = shared
  const onReleased = createOnReleased(shared)
  const onStaged = createOnImport(shared)
  const orderFiles = createFileReader({ ...shared, onStaged, onReleased })
  const wakeLater = createWakeLater(shared)
  const sweepMs = config.sweepIntervalSeconds * 1_000
  const part = (of: number) => Math.max(1, Math.floor(config.workerConcurrency / of))
  /** All that is done in a shop's turn, most urgent first. */
  const jobs: readonly ShopJob[] = [
    createImportJob({ ...shared, wakeLater, onStaged, onReleased }),
    createPeriodJob(shared),
    ...(sweepMs > 0 ? [createReconciliationJob({ ...shared, intervalMs: sweepMs, onReleased })] : []),
    createSiteChangeJob({ ...shared, wakeLater, onReleased }),
  ]
  return {
    shopWorker: createShopWorker({
      ...shared,
      sessions,
      wakeLater,
      jobs,
      turns: createHeldTurns(shared),
      seats: createSeats({ ofTenant: part(4), ofAll: part(2) }),
    }),
    scheduler: createScheduler({
      ...shared,
      wakeLater,
      jobs,
      tasks: [
        // Backfills for orders of an older release; over when done once.
        { name: 'order backfill', run: (signal) => fillOrders(shared, signal), ...HOURLY },
        { name: 'item search', run: (signal) => fillItemSearch(shared, signal), ...HOURLY },
        ...staffTasks({ ...shared, onTenantChanged: () => tenantChanged(core) }),
        { name: 'unknown fields', run: unknowns.save, firstMs: 30_000, everyMs: 60_000 },
        {
          name: 'marks',
          run: marker.tend,
          firstMs: 60_000,
          everyMs: 60_000,
        },
        { name: 'figures', run: createFigureCounter(shared).run, firstMs: 15_000, everyMs: 60_000 },
        // As soon as a person would see the pulled orders; one look at an index that is mostly empty.
        { name: 'sorting', run: createSorter(shared).run, firstMs: 2_000, everyMs: 2_000 },
        {
          name: 'retention',
          run: createRetention({ ...shared, ...config.retention, strictMalls: strictMalls() }).run,
          ...HOURLY,
        },
        // One look at an index that is mostly empty.
        { name: 'order files', run: orderFiles.run, firstMs: 2_000, everyMs: 1_000 },
        { name: 'old order files', run: orderFiles.deleteOld, ...HOURLY },
        { name: 'old notifications', run: deleteOldNotifications(shared), ...HOURLY },
      ],
    }),
    queueReader: createQueueReader({ ...shared, ...(sqs ? { sqs } : {}) }),
    webhooks: createWebhooks({
      ...shared,
      allowedPrivateHosts: config.webhookAllowedPrivateHosts,
      listen: (onWake) => listenForEvents(pool, log, onWake),
      keepHistory: () => readHistory(shared),
    }),
    notices: createNotices({
      ...channels,
      sessions,
      openDays: config.retention.openDays,
      unpulledDays: config.retention.unpulledDays,
    }),
  }
}
/** Lists malls whose terms know no exception for what still waits. */
const strictMalls = (): ReadonlySet<string> =>
  new Set(EVERY_MALL.flatMap((mall) => (mall.personalDataDays === undefined ? [] : [mall.name])))

/** Not during the busiest moment of a start. */
const HOURLY = { firstMs: 60_000, everyMs: 60 * 60_000 }
