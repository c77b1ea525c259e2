import { afterAll, beforeAll, expect, test } from 'vitest'
import { readWork, setInstallationGauges } from '../../../src/installation/state.ts'
import { planAttention } from '../../../src/notices/plan-attention.ts'
import { sendDueMails } from '../../../src/notices/send.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { begin } from '../../../src/platform/db/data-steps.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { readSweepGauges } from '../../../src/reconciliation/statements.ts'
import { raiseAttention } from '../../../src/shops/attention.ts'
import { readCredentialGauges } from '../../../src/shops/calendar/lifetimes.ts'
import { readChangeGauges } from '../../../src/site-changes/statements.ts'
import { type ChangeBench, changeBench } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, newId } from '../../support/fixtures.ts'
import { refusal } from '../../support/notices-rig.ts'
import { firing, firingAt, parseScrape, promtoolMissing, type Scrape } from '../../support/ops/alert-rig.ts'

/**
 * The rules of docs/operations/alerts.yml against what the service itself says before, during and after a
 * fault, and not against numbers that somebody made up: its metrics are scraped at each, and promtool is
 * given them as an hour and more of each state. Rules that look at how things go: alert-rates.test.ts.
 */

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

let database: TestDatabase
let bench: ChangeBench
const metrics = createMetrics({ roles: ['api', 'listener', 'worker'] })

beforeAll(async () => {
  database = await freshDatabase()
  bench = await changeBench(database, 1)
})
afterAll(async () => {
  await database?.close()
})

async function scrape(): Promise<Scrape> {
  const deps = { pool: database.pool, clock: bench.clock, metrics }
  const work = await readWork(database.pool, { clock: bench.clock, machineNow: systemClock.now })
  setInstallationGauges(metrics, { database: 'ok', queue: 'ok', work }, bench.clock.now())
  await Promise.all([readSweepGauges(deps), readCredentialGauges(deps), readChangeGauges(deps)])
  return parseScrape(await metrics.registry.metrics())
}

/**
 * At the end of the well hours; early and late in the fault's, as some wait an hour and some look an hour
 * back; at the end of the last.
 */
const TIMES = [179, 225, 330, 539]

/** Three hours of each state; which alerts fire at which of the times. */
const firesIn = (states: readonly Scrape[]): Promise<Map<string, number[]>> =>
  firing(
    states.map((after, index) => ({ minutes: 180, before: states[index - 1] ?? after, after })),
    TIMES,
  )

const shop = () => ({ shopId: bench.shopId })
const verified = (ago: number) =>
  database.db.shopSweep.updateMany({
    where: shop(),
    data: { verifiedUntil: new Date(bench.clock.now() - ago) },
  })
/** @param aliveUntil of the listener that holds them; null: none does */
async function leased(aliveUntil: Date | null): Promise<void> {
  await database.db.listener.deleteMany()
  if (aliveUntil !== null) await database.db.listener.create({ data: { id: 'listener', aliveUntil } })
  await database.db.mailbox.updateMany({ data: { leaseOwner: aliveUntil && 'listener' } })
}
/** An import that became due so long ago. */
const waiting = (agoMs: number) => {
  const at = new Date(bench.clock.now() - agoMs)
  const request = { id: newId(), tenantId: bench.tenantId, orderNumber: 'late-1', source: 'mail' }
  return database.db.importRequest.create({
    data: { ...shop(), ...request, requestedAt: at, nextAttemptAt: at, expiresAt: at },
  })
}
const noted = (name: 'backup' | 'restore_drill', agoMs: number) => {
  const madeAt = new Date(bench.clock.now() - agoMs)
  return database.db.dataStep.upsert({ where: { name }, create: { name, madeAt }, update: { madeAt } })
}
const failingWebhook = () => {
  const at = new Date(bench.clock.now() - 2 * HOUR_MS)
  return database.db.webhook.create({
    data: {
      id: newId(),
      tenantId: bench.tenantId,
      url: 'https://hooks.example.jp',
      name: 'hook',
      kinds: [],
      sealedSecret: new Uint8Array(1),
      xid: 0n,
      eventId: 0n,
      failures: 5,
      failingSince: at,
      createdAt: at,
      updatedAt: at,
    },
  })
}
const keysEnd = (days: number) => database.db.credentialCheck.updateMany({ data: { expiries: endsIn(days) } })

interface Fault {
  fault(): Promise<unknown>
  heal(): Promise<unknown>
  /** Alerts that the same fault rightly fires too; no other may. */
  also?: readonly string[]
}

/** What makes each fault, as the part that fails leaves it in the database, and what puts it right. */
const FAULTS: Readonly<Record<string, Fault>> = {
  TorikomiImportsStand: {
    fault: () => waiting(10 * 60_000),
    heal: () => database.db.importRequest.deleteMany(),
  },
  TorikomiShopsInAttention: {
    fault: () => database.db.shop.updateMany({ data: { attentionCode: 'KEY_REFUSED' } }),
    heal: () => database.db.shop.updateMany({ data: { attentionCode: null } }),
  },
  TorikomiMailboxesInAttention: {
    fault: () => database.db.mailbox.updateMany({ data: { attentionCode: 'MAILBOX_LOGIN_REFUSED' } }),
    heal: () => database.db.mailbox.updateMany({ data: { attentionCode: null } }),
  },
  TorikomiWebhooksFail: { fault: () => failingWebhook(), heal: () => database.db.webhook.deleteMany() },
  // Nobody listens and nothing is fetched then, and that is as it should be.
  TorikomiQuietMode: {
    async fault() {
      await begin(database.pool, 'restored', new Date())
      await leased(null)
      await waiting(10 * 60_000)
    },
    async heal() {
      await database.db.dataStep.deleteMany({ where: { name: 'quiet' } })
      await leased(new Date(bench.clock.now() + HOUR_MS))
      await database.db.importRequest.deleteMany()
    },
  },
  TorikomiBackupOld: {
    fault: () => noted('backup', 3 * DAY_MS),
    heal: () => noted('backup', HOUR_MS),
  },
  TorikomiRestoreDrillOld: {
    fault: () => noted('restore_drill', 40 * DAY_MS),
    heal: () => noted('restore_drill', HOUR_MS),
  },
  TorikomiArchiveAway: {
    fault: () => database.pool.query(`select pg_create_physical_replication_slot('torikomi_archive')`),
    heal: () => database.pool.query(`select pg_drop_replication_slot('torikomi_archive')`),
  },
  TorikomiListenersGone: {
    fault: () => leased(null),
    heal: () => leased(new Date(bench.clock.now() + HOUR_MS)),
  },
  TorikomiOrdersMissing: {
    fault: () =>
      database.db.shopDay.create({
        data: {
          ...shop(),
          day: new Date('2026-01-14'),
          mall: 3,
          here: 2,
          pending: 0,
          missing: 1,
          checkedAt: new Date(bench.clock.now()),
        },
      }),
    heal: () => database.db.shopDay.updateMany({ data: { missing: 0 } }),
  },
  TorikomiSweepBehind: { fault: () => verified(2 * HOUR_MS), heal: () => verified(0) },
  TorikomiMailboxesUnattended: {
    fault: () => database.db.mailbox.updateMany({ data: { leaseOwner: 'another' } }),
    heal: () => leased(new Date(bench.clock.now() + HOUR_MS)),
  },
  TorikomiKeyEnds: { fault: () => keysEnd(3), heal: () => keysEnd(80) },
  TorikomiChangesOld: {
    async fault() {
      await bench.ask([{ orderId: bench.orderIds[0] ?? '', action: 'memo', memo: '至急' }])
      await database.pool.query(`update site_changes set requested_at = requested_at - interval '2 hours'`)
    },
    heal: () => bench.run(),
  },
  TorikomiNoticesUnsent: {
    fault: () => refusedNotice(),
    heal: () => database.db.shop.updateMany({ data: { attentionCode: null } }),
    // What the notice was about.
    also: ['TorikomiShopsInAttention'],
  },
}

const endsIn = (days: number) => [
  { what: 'licenseKey', at: new Date(bench.clock.now() + days * DAY_MS).toISOString(), certain: true },
]

/** A mail server that does not know the address: given up at once. */
async function refusedNotice(): Promise<void> {
  const { db } = database
  await db.tenant.update({ where: { id: bench.tenantId }, data: { emails: ['gone@example.jp'] } })
  const at = new Date(bench.clock.now())
  await raiseAttention(db, bench.shopId, { code: 'X', message: 'x', at, credentialsVersion: 1 })
  await planAttention({ db, clock: bench.clock, newId, mails: true, marketplaces: new Map() })
  const mailer = { send: () => Promise.reject(refusal('EENVELOPE 550', true)), close: () => undefined }
  const log = createLogger({ level: 'silent' })
  await sendDueMails({ db, clock: bench.clock, log, metrics, mailer }, new AbortController().signal)
}

test.skipIf(promtoolMissing).each(Object.keys(FAULTS))(
  '%s fires by its fault in the service’s own numbers, and is over when that is mended [needs promtool on the PATH]',
  async (name) => {
    const { db } = database
    const now = new Date(bench.clock.now())
    if ((await db.mailbox.count()) === 0) await makeMailbox(db, { tenantId: bench.tenantId })
    await leased(new Date(now.getTime() + HOUR_MS))
    const sweep = { verifiedUntil: now, nextAt: now, runAt: now, updatedAt: now }
    await db.shopSweep.upsert({ where: shop(), create: { ...shop(), ...sweep }, update: sweep })
    const check = { credentialsVersion: 1, nextCheckAt: now, updatedAt: now, expiries: endsIn(80) }
    await db.credentialCheck.upsert({ where: shop(), create: { ...shop(), ...check }, update: check })
    const well = await scrape()
    const { fault, heal, also = [] } = FAULTS[name] as Fault
    await fault()
    const ill = await scrape()
    await heal()
    const fires = await firesIn([well, ill, await scrape()])
    expect([...fires.keys()].toSorted()).toEqual([name, ...also].toSorted())
    expect({ before: firingAt(fires, 179), after: firingAt(fires, 539) }).toEqual({ before: [], after: [] })
  },
)
