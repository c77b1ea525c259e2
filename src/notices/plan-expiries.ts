import { mallOfShop } from '../marketplaces/of-shop.ts'
import type { Lifetime } from '../marketplaces/port/marketplace.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import {
  type CalendarMailbox,
  lifetimesOf,
  mailboxLifetimes,
  passedThreshold,
  stateOf,
} from '../shops/calendar/lifetimes.ts'
import type { AttentionTools } from './plan-attention.ts'
import { emptiedSoon } from './statements.ts'
import { insertNotices, type NewNotice, type NoticeTools, noticeKey, toldKeys } from './store.ts'
import { emptiedText, expiryText, mailboxExpiryText } from './texts.ts'

export interface PlanTools extends AttentionTools {
  sealer: Pick<Sealer, 'of'>
}

const BATCH = 200

const FIELDS = {
  id: true,
  tenantId: true,
  name: true,
  code: true,
  marketplace: true,
  capabilities: true,
  credentialsVersion: true,
  credentialsSetAt: true,
  attentionStops: true,
  credentialCheck: { select: { checkedAt: true, credentialsVersion: true, expiries: true, code: true } },
  mallNotices: { select: { code: true, lastSeenAt: true } },
} as const

type ShopRow = Awaited<ReturnType<typeof readBatch>>[number]

/** Lifetimes by shop, with their input: opening every seal each minute would be wasted work. */
type Known = Map<string, { from: string; lifetimes: Lifetime[] }>

/** Checks every shop and stores due notices. Returns the number of new notices. */
export function createExpiryPlanner(tools: PlanTools): (signal: AbortSignal) => Promise<number> {
  const known: Known = new Map()
  return async (signal) => {
    let count = 0
    let after: string | null = null
    const seen = new Set<string>()
    do {
      const rows: ShopRow[] = await readBatch(tools.db, after)
      for (const row of rows) seen.add(row.id)
      count += await planBatch(tools, known, rows)
      after = rows.length < BATCH ? null : (rows.at(-1)?.id ?? null)
    } while (after !== null && !signal.aborted)
    if (!signal.aborted) for (const id of known.keys()) if (!seen.has(id)) known.delete(id)
    return count
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

async function planBatch(tools: PlanTools, known: Known, rows: readonly ShopRow[]): Promise<number> {
  const now = tools.clock.now()
  const lifetimes = await lifetimesByShop(tools, known, rows, now)
  const due = rows.flatMap((row) => shopNotices(tools, row, lifetimes.get(row.id) ?? [], now))
  if (due.length === 0) return 0
  const told = await toldKeys(tools.db, [...new Set(due.map((notice) => notice.shopId))])
  const fresh = due.filter((notice) => !told.has(noticeKey(notice)))
  return insertNotices(tools, fresh, new Date(now))
}

async function lifetimesByShop(
  tools: PlanTools,
  known: Known,
  rows: readonly ShopRow[],
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

const sourceOf = ({ credentialsVersion, credentialCheck, mallNotices, credentialsSetAt }: ShopRow): string =>
  JSON.stringify([credentialsVersion, credentialsSetAt, credentialCheck, mallNotices])

function shopNotices(
  tools: Pick<PlanTools, 'marketplaces'>,
  row: ShopRow,
  lifetimes: readonly Lifetime[],
  now: number,
): (NewNotice & { shopId: string; threshold: number })[] {
  const mallLabel = mallOfShop(tools.marketplaces, row)?.label ?? row.marketplace
  const check =
    row.credentialCheck?.credentialsVersion === row.credentialsVersion ? row.credentialCheck : null
  const checkedAt = check?.checkedAt ?? null
  const asked = checkedAt !== null || check?.code != null || row.attentionStops
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
    const notice = { tenantId, shopId, kind: 'expiry' as const, what: key }
    return [{ ...notice, occursAt: endsAt, threshold, ...words }]
  })
}

interface MailboxRow extends CalendarMailbox {
  id: string
  tenantId: string
  name: string
  host: string
}

/**
 * Notifies of mailbox credentials that end, as for shops. Mailboxes with an end are few, so all are read at
 * once.
 */
export async function planMailboxExpiries(tools: NoticeTools): Promise<number> {
  const now = tools.clock.now()
  const rows = await tools.db.mailbox.findMany({
    where: {
      enabled: true,
      tenant: { status: 'active' },
      OR: [{ secretEndsAt: { not: null } }, { consentEndsAt: { not: null } }],
    },
    select: {
      id: true,
      tenantId: true,
      name: true,
      host: true,
      authKind: true,
      consentedAt: true,
      consentEndsAt: true,
      secretEndsAt: true,
    },
  })
  return insertNotices(
    tools,
    rows.flatMap((row) => mailboxNotices(row, now)),
    new Date(now),
  )
}

function mailboxNotices(row: MailboxRow, now: number): NewNotice[] {
  const { id: mailboxId, tenantId, name, host } = row
  return mailboxLifetimes(row).flatMap((lifetime) => {
    const { key: what, endsAt } = lifetime
    const threshold = passedThreshold(lifetime, now)
    if (endsAt === null || threshold === null) return []
    const words = mailboxExpiryText({ name, host }, { ...lifetime, endsAt }, threshold, now)
    return [
      {
        tenantId,
        mailboxId,
        kind: 'expiry' as const,
        what,
        occursAt: endsAt,
        threshold,
        ...words,
      },
    ]
  })
}

const DAY_MS = 24 * 60 * 60_000
/** Long enough to work on them, or to write down what has to be kept. */
const NOTICE_DAYS = 14
const MOST = 200

/** Days after which an open order, or one that was never pulled, loses its personal data. */
export interface EmptiedAfter {
  openDays: number
  unpulledDays: number
}

interface EmptiedRow {
  shopId: string
  tenantId: string
  shop: string
  what: 'unpulledOrders' | 'openOrders'
  orders: number
  /** The day in Japan, and when the first of them loses its data. */
  day: Date
  at: Date
}

/**
 * Notifies of unfinished orders before they lose their personal data, one notice per shop and day. Returns
 * the number of new notices.
 */
export async function planEmptied(tools: NoticeTools & EmptiedAfter): Promise<number> {
  const now = tools.clock.now()
  const told = new Date(now + NOTICE_DAYS * DAY_MS)
  const rows = await tools.db.$queryRaw<EmptiedRow[]>(emptiedSoon(told, tools, MOST))
  return insertNotices(tools, rows.map(emptiedNotice), new Date(now))
}

const emptiedNotice = ({ shopId, tenantId, shop, what, orders, day, at }: EmptiedRow): NewNotice => ({
  tenantId,
  shopId,
  kind: 'expiry',
  what,
  occursAt: day,
  threshold: NOTICE_DAYS,
  ...emptiedText(what, shop, orders, at),
})
