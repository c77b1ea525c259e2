import { afterAll, beforeAll, expect, test } from 'vitest'
import { readMailboxGauges } from '../../../src/mail/gauges.ts'
import { planAttention } from '../../../src/notices/plan-attention.ts'
import { sendDueMails } from '../../../src/notices/send-mails.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { readSweepGauges } from '../../../src/reconciliation/gauges.ts'
import { raiseAttention } from '../../../src/shops/attention.ts'
import { readCredentialGauges } from '../../../src/shops/calendar/gauges.ts'
import { readChangeGauges } from '../../../src/site-changes/gauges.ts'
import { type ChangeBench, changeBench } from '../../support/changes/change-bench.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, newId } from '../../support/fixtures.ts'
import { refusal } from '../../support/notices-rig.ts'
import { firesAt, parseScrape, promtoolMissing, type Scrape } from '../../support/ops/alert-rig.ts'

/**
 * The rules of docs/operations/alerts.yml against what the service itself says before, during and after a fault, and not against numbers that
 * somebody made up: its metrics are scraped at each, and promtool is given them as an hour and more of each state. Rules that look at how things go: alert-rates.test.ts.
 */

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

let database: TestDatabase
let bench: ChangeBench
const metrics = createMetrics({ processMetrics: false })

beforeAll(async () => {
  database = await freshDatabase()
  bench = await changeBench(database, 1)
})
afterAll(async () => {
  await database?.close()
})

async function scrape(): Promise<Scrape> {
  const deps = { pool: database.pool, clock: bench.clock, metrics }
  await Promise.all([
    readMailboxGauges(deps),
    readSweepGauges(deps),
    readCredentialGauges(deps),
    readChangeGauges(deps),
  ])
  return parseScrape(await metrics.registry.metrics())
}

/** At the end of the well hours; early and late in the fault's, as some wait an hour and some look an hour back; at the end of the last. */
const TIMES = [179, 225, 330, 539]

/** Three hours of each state; at which of the times the alert fires. */
const firesIn = (name: string, states: readonly Scrape[]): Promise<number[]> =>
  firesAt(
    name,
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
const keysEnd = (days: number) => database.db.credentialCheck.updateMany({ data: { expiries: endsIn(days) } })

/** What makes each fault, as the part that fails leaves it in the database, and what puts it right. */
const FAULTS: Readonly<Record<string, { fault(): Promise<unknown>; heal(): Promise<unknown> }>> = {
  TorikomiOrdersMissing: {
    fault: () =>
      database.db.shopDay.create({
        data: {
          ...{ ...shop(), day: new Date('2026-01-14'), mall: 3, here: 2, pending: 0, missing: 1 },
          checkedAt: new Date(bench.clock.now()),
        },
      }),
    heal: () => database.db.shopDay.updateMany({ data: { missing: 0 } }),
  },
  TorikomiSweepBehind: { fault: () => verified(2 * HOUR_MS), heal: () => verified(0) },
  TorikomiMailboxesUnattended: {
    fault: () => leased(null),
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
  TorikomiNoticesUnsent: { fault: () => refusedNotice(), heal: async () => undefined },
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
  await planAttention({ db, clock: bench.clock, newId, mails: true, marketplaces: new Map() as never })
  const mailer = { send: () => Promise.reject(refusal('EENVELOPE 550', true)), close: () => undefined }
  const log = { warn: () => undefined, error: () => undefined } as never
  await sendDueMails({ db, clock: bench.clock, log, metrics, mailer }, new AbortController().signal)
}

test.skipIf(promtoolMissing).each(Object.keys(FAULTS))(
  '%s fires by its fault in the service’s own numbers, and is over when that is mended',
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
    await FAULTS[name]?.fault()
    const ill = await scrape()
    await FAULTS[name]?.heal()
    const fires = await firesIn(name, [well, ill, await scrape()])
    expect(fires.length, `${name} fires`).toBeGreaterThan(0)
    expect(fires).not.toContain(179)
    expect(fires).not.toContain(539)
  },
)
