import type { Marketplaces } from '../marketplaces/index.ts'
import type { Lifetime } from '../marketplaces/port/marketplace.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { lifetimesOf, passedThreshold, stateOf } from '../shops/calendar/lifetimes.ts'
import { insertNotices, type NewNotice, type NoticeStoreTools, noticeKey, toldKeys } from './store.ts'
import { expiryText } from './texts.ts'

export interface PlanTools extends NoticeStoreTools {
  db: Db
  clock: Clock
  sealer: Pick<Sealer, 'of'>
  marketplaces: Marketplaces
}

const BATCH = 200

const FIELDS = {
  id: true,
  tenantId: true,
  name: true,
  code: true,
  marketplace: true,
  credentialsVersion: true,
  credentialsSetAt: true,
  attentionCode: true,
  credentialCheck: { select: { checkedAt: true, credentialsVersion: true, expiries: true, code: true } },
  mallNotices: { select: { code: true, lastSeenAt: true } },
} as const

type Row = Awaited<ReturnType<typeof readBatch>>[number]

/** Lifetimes by shop, with their input: opening every seal each minute would be wasted work. */
type Known = Map<string, { from: string; lifetimes: Lifetime[] }>

export interface ExpiryPlanner {
  /** Checks every shop and stores due notices. Returns the number of new notices. */
  run(signal: AbortSignal): Promise<number>
}

export function createExpiryPlanner(tools: PlanTools): ExpiryPlanner {
  const known: Known = new Map()
  return {
    async run(signal) {
      let count = 0
      let after: string | null = null
      const seen = new Set<string>()
      do {
        const rows: Row[] = await readBatch(tools.db, after)
        for (const row of rows) seen.add(row.id)
        count += await planBatch(tools, known, rows)
        after = rows.length < BATCH ? null : (rows.at(-1)?.id ?? null)
      } while (after !== null && !signal.aborted)
      if (!signal.aborted) for (const id of known.keys()) if (!seen.has(id)) known.delete(id)
      return count
    },
  }
}

const readBatch = (db: Db, after: string | null) =>
  db.shop.findMany({
    where: {
      enabled: true,
      credentialsVersion: { gt: 0 },
      tenant: { status: 'active' },
      ...(after === null ? {} : { id: { gt: after } }),
    },
    select: FIELDS,
    orderBy: { id: 'asc' },
    take: BATCH,
  })

async function planBatch(tools: PlanTools, known: Known, rows: readonly Row[]): Promise<number> {
  const now = tools.clock.now()
  const lifetimes = await lifetimesByShop(tools, known, rows, now)
  const due = rows.flatMap((row) => dueNotices(tools, row, lifetimes.get(row.id) ?? [], now))
  if (due.length === 0) return 0
  const told = await toldKeys(tools.db, [...new Set(due.map((notice) => notice.shopId))])
  const fresh = due.filter((notice) => !told.has(noticeKey(notice)))
  return insertNotices(tools, fresh, new Date(now))
}

async function lifetimesByShop(
  tools: PlanTools,
  known: Known,
  rows: readonly Row[],
  now: number,
): Promise<Map<string, Lifetime[]>> {
  const stale = rows.filter((row) => known.get(row.id)?.from !== sourceOf(row))
  const secrets = await tools.db.shop.findMany({
    where: { id: { in: stale.map((row) => row.id) } },
    select: { id: true, sealedCredentials: true, credentialsVersion: true },
  })
  for (const row of stale) {
    const secret = secrets.find(({ id }) => id === row.id)
    // Changed between the two readings: the next look sees both sides of it.
    if (secret?.credentialsVersion !== row.credentialsVersion) continue
    const { sealedCredentials } = secret
    known.set(row.id, {
      from: sourceOf(row),
      lifetimes: lifetimesOf(tools, { ...row, sealedCredentials }, now),
    })
  }
  const current = rows.filter((row) => known.get(row.id)?.from === sourceOf(row))
  return new Map(current.map((row) => [row.id, known.get(row.id)?.lifetimes ?? []]))
}

const sourceOf = ({ credentialsVersion, credentialCheck, mallNotices, credentialsSetAt }: Row): string =>
  JSON.stringify([credentialsVersion, credentialsSetAt, credentialCheck, mallNotices])

function dueNotices(
  tools: Pick<PlanTools, 'marketplaces'>,
  row: Row,
  lifetimes: readonly Lifetime[],
  now: number,
): (NewNotice & { shopId: string })[] {
  const mallLabel = tools.marketplaces.get(row.marketplace)?.label ?? row.marketplace
  const check =
    row.credentialCheck?.credentialsVersion === row.credentialsVersion ? row.credentialCheck : null
  const checkedAt = check?.checkedAt ?? null
  const asked = checkedAt !== null || check?.code != null || row.attentionCode !== null
  return lifetimes.flatMap((lifetime) => {
    const { key, endsAt } = lifetime
    const threshold = passedThreshold(lifetime, now)
    if (endsAt === null || threshold === null) return []
    // An end in the past may be a wrongly entered date: do not notify before the mall was called, or when the
    // mall disproves it.
    if (endsAt.getTime() <= now && (!asked || stateOf(lifetime, checkedAt, now) === 'doubtful')) return []
    const words = expiryText(
      { name: row.name, code: row.code, mallLabel },
      { ...lifetime, endsAt },
      threshold,
      now,
    )
    const { id: shopId, tenantId } = row
    const notice = { tenantId, shopId, mailboxId: null, kind: 'expiry' as const, what: key }
    return [{ ...notice, occursAt: endsAt, threshold, ...words }]
  })
}
