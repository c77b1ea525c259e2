import type { MetricsSource } from '../http/health.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { WakeQueue } from '../platform/queue/wake-queue.ts'
import { settlesWithin } from '../platform/timeout.ts'

const SCRAPE_LIMIT_MS = 2_000

/**
 * The registry, with the queue's depth and the areas' own numbers (`readGauges`) read on each scrape. Where one does not
 * answer, its last numbers stay.
 */
export function metricsSource(
  metrics: Metrics,
  wakeQueue: Pick<WakeQueue, 'counts'>,
  readGauges: () => Promise<void>,
): MetricsSource {
  async function readQueue(): Promise<void> {
    const counts = await wakeQueue.counts()
    for (const [state, count] of Object.entries(counts)) metrics.queueJobs.set({ state }, count)
  }
  return {
    contentType: metrics.registry.contentType,
    async metrics() {
      await settlesWithin(SCRAPE_LIMIT_MS, Promise.allSettled([readQueue(), readGauges()]))
      return metrics.registry.metrics()
    },
  }
}
