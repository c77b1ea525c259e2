import type { Metrics } from '../platform/metrics.ts'
import type { InstallationFacts } from './state.ts'

type Gauges = Pick<
  Metrics,
  | 'parts'
  | 'quietMode'
  | 'clockOffset'
  | 'listeners'
  | 'mailboxesEnabled'
  | 'mailboxesUnattended'
  | 'mailboxesInAttention'
  | 'mailboxesQuiet'
  | 'shops'
  | 'importsOldestDue'
  | 'importsWaiting'
  | 'webhooks'
  | 'backupAge'
>

const DATABASE_STATES = ['ok', 'failed', 'read_only', 'full'] as const

/**
 * Sets the gauges of the whole installation for a scrape. Where the database does not answer its gauges are
 * taken away: a number that is old, or the 0 of a process that has just begun, would be taken for the truth
 * by every rule.
 */
export function setInstallationGauges(metrics: Gauges, facts: InstallationFacts, now: number): void {
  for (const state of DATABASE_STATES)
    metrics.parts.set({ part: 'database', state }, Number(facts.database === state))
  for (const state of ['ok', 'failed'] as const)
    metrics.parts.set({ part: 'queue', state }, Number(facts.queue === state))
  const { work } = facts
  for (const gauge of [
    metrics.quietMode,
    metrics.clockOffset,
    metrics.importsOldestDue,
    metrics.importsWaiting,
    metrics.listeners,
    metrics.mailboxesEnabled,
    metrics.mailboxesUnattended,
    metrics.mailboxesInAttention,
    metrics.mailboxesQuiet,
    metrics.backupAge,
  ])
    gauge.remove()
  metrics.shops.reset()
  metrics.webhooks.reset()
  if (work === null) return
  metrics.quietMode.set(Number(work.quietSince !== null))
  metrics.clockOffset.set(work.clockOffsetMs / 1_000)
  metrics.listeners.set(work.listeners)
  metrics.mailboxesEnabled.set(work.mailboxes)
  metrics.mailboxesUnattended.set(work.unattended)
  metrics.mailboxesInAttention.set(work.mailboxAttention)
  metrics.mailboxesQuiet.set(work.mailboxesQuiet)
  metrics.shops.set({ state: 'enabled' }, work.shops)
  metrics.shops.set({ state: 'attention' }, work.shopAttention)
  metrics.shops.set({ state: 'waits_for_mall' }, work.lanesClosed)
  metrics.shops.set({ state: 'late' }, work.lateShops)
  metrics.importsOldestDue.set(work.oldestDueSeconds)
  metrics.importsWaiting.set(work.waiting)
  metrics.webhooks.set({ state: 'enabled' }, work.webhooks)
  metrics.webhooks.set({ state: 'failing' }, work.webhooksFailing)
  if (work.backupAt) metrics.backupAge.set((now - work.backupAt.getTime()) / 1_000)
}
